"""What a user can put right: one line that names the file, the place and the remedy."""

from __future__ import annotations


class InputError(ValueError):
    """An input that cannot be used as it is.

    Parameters
    ----------
    problem : str
        What is wrong.
    remedy : str
        What to do about it.
    place : str
        Where in the file: a key such as ``products[3].demand``, a line, a column.
    file : str
        The file, or empty where the input did not come from one.

    Examples
    --------
    >>> print(InputError("is -2", "give a positive amount", place="products[3].demand", file="x.json"))
    x.json: products[3].demand: is -2; give a positive amount
    """

    def __init__(self, problem: str, remedy: str, *, place: str = "", file: str = "") -> None:
        self.problem, self.remedy, self.place, self.file = problem, remedy, place, file
        super().__init__(problem)

    def in_file(self, file: str) -> InputError:
        """Return the same error with the file's name, if it had none."""
        return InputError(self.problem, self.remedy, place=self.place, file=self.file or file)

    def at(self, place: str) -> InputError:
        """Return the same error at another place, such as the option that gave the value."""
        return InputError(self.problem, self.remedy, place=place, file=self.file)

    def __str__(self) -> str:
        """Join file, place, problem and remedy on one line."""
        where = "".join(f"{part}: " for part in (self.file, self.place) if part)
        return one_line(f"{where}{self.problem}; {self.remedy}")


def one_line(text: str) -> str:
    r"""Return a text on one line that any terminal can show: names from a file may hold anything.

    >>> print(one_line("two\n lines, \x1b[31m"))
    two lines, \x1b[31m
    """
    joined = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in joined)


def short(text: str, most: int = 60) -> str:
    """Return a name on one line of at most so many characters, shortened in the middle.

    >>> short("a line break\\n in it"), short("abcdefghijklmnopqrstuvwxyz", 13)
    ('a line break in it', 'abcde...vwxyz')
    """
    line = one_line(text)
    half = (most - 3) // 2
    return line if len(line) <= most else f"{line[:half]}...{line[-half:]}"
