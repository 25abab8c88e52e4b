"""What a study found, as a page, as tables, and against another study.

Names of instances and methods come from files of others: wherever they are shown they are text and nothing else
(`atoopt.study.report.names`).
"""
