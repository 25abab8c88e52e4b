"""What the tables of a study say: pure functions of data frames, one measure a file.

The tables are those of `atoopt.study.data.StudyData`. Nothing here depends on the order of their rows: runs of
several methods are put side by side by instance, seed and repeat (`atoopt.study.measures.side_by_side`).
"""
