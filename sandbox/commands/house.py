"""Print the sizes of the addons: lines, files, SQL by hand, models extended in several classes.

With ``--check``, only print what exceeds the limits.
"""

from ..console import table
from ..house import House


def run(arguments: list[str]) -> int:
    house = House.read()
    if "--check" in arguments:
        troubles = house.troubles()
        print("\n".join(troubles))
        return int(bool(troubles))
    print(table(house.sizes()))
    total = sum(file.lines for file in house.all_files())
    print(f"\n{total:,} lines of Python without tests and demo, in {len(list(house.all_files()))} files")
    for title, rows in (
        ("Longest files", house.longest()),
        ("Models that one addon opens in several classes, guards excepted", house.opened_again()),
        ("Models of other addons that the base names", house.named_by_base()),
    ):
        print(f"\n{title}: {len(rows)}")
        print(table(rows or [("none",)]))
    return 0
