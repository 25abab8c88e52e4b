"""Neighbors of a stock, one operator a file: which modules leave, which enter.

Every operator fills ``out`` and ``new`` of the move, and returns how many modules leave and enter, or only how many
enter where ``out[0]`` leaves; 0 where the draw led nowhere. A module that enters fits in some product by construction.
`propose` draws by kind, and refuses what may not be held.
"""
