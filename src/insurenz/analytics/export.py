"""A table of analytics for spreadsheets."""

from fastapi import Response

from insurenz.analytics.schemas import ROWS, AnyTable, Table
from insurenz.claims.export import cell, written


def response(name: Table, table: AnyTable) -> Response:
    """The rows of a table as CSV (RFC 4180, UTF-8), as a file to be kept."""
    columns = list(ROWS[name].model_fields)
    rows = [item.model_dump(mode="json") for item in table.items]
    lines = [columns, *([cell(row[column]) for column in columns] for row in rows)]
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(written(lines), media_type="text/csv", headers=headers)
