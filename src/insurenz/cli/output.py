"""How commands show what they found: a table for people, JSON for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import typer

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def print_json(content: Any) -> None:
    """The content as JSON."""
    print(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str = "Nothing.") -> None:
    """Rows with the same columns, as a table or as JSON."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        print(empty)
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if value is None else str(value)) for value in row.values()))
    Console().print(table)


def with_progress(title: str, work: Callable[[], T]) -> T:
    """Do something that takes a while, and show that it goes on."""
    from rich.console import Console

    with Console(stderr=True).status(title):
        return work()


def with_bar(title: str, total: int, work: Callable[[Callable[[int], None]], T]) -> T:
    """Do something that takes a while and says how much of it is done, and show how far it is."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        return work(lambda done: bar.update(task, completed=done))
