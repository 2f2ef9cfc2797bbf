"""PyIceberg, talking as dev.headwater.clients.Talk does: python pyiceberg_client.py DATABASE WAREHOUSE

A statement is JSON: {"table": "demo.t", "where": ["id", "<", "int", "3"], "columns": ["id"]}, of which
only the table must be there. Values are said as dev.headwater.clients.Said says them.
"""

import base64
import datetime
import json
import math
import struct
import sys
import traceback

import pyarrow
import pyiceberg.types as types
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import AlwaysTrue, EqualTo, LessThan

EPOCH = datetime.datetime(1970, 1, 1)
EPOCH_UTC = EPOCH.replace(tzinfo=datetime.timezone.utc)
MICRO = datetime.timedelta(microseconds=1)


def quoted(text):
    out = []
    units = text.encode("utf-16-be", "surrogatepass")
    for (unit,) in struct.iter_unpack(">H", units):
        plain = 0x20 <= unit <= 0x7E and unit not in (0x22, 0x5C)
        out.append(chr(unit) if plain else "\\u%04x" % unit)
    return '"' + "".join(out) + '"'


def bits(value):
    return "f7ff8000000000000" if math.isnan(value) else "f%x" % struct.unpack(">Q", struct.pack(">d", value))


def said(kind, value):
    if value is None:
        return "null"
    if isinstance(kind, types.BooleanType):
        return "true" if value else "false"
    if isinstance(kind, (types.FloatType, types.DoubleType)):
        return bits(value)
    if isinstance(kind, types.DecimalType):
        return format(value, "f")
    if isinstance(kind, types.StringType):
        return quoted(value)
    if isinstance(kind, types.UUIDType):
        return quoted(str(value))
    if isinstance(kind, (types.BinaryType, types.FixedType)):
        return "x" + value.hex()
    if isinstance(kind, types.DateType):
        return "d%d" % (value - EPOCH.date()).days
    if isinstance(kind, types.TimeType):
        at = datetime.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
        return "t%d" % (at // MICRO)
    if isinstance(kind, types.TimestampType):
        return "u%d" % ((value - EPOCH) // MICRO)
    if isinstance(kind, types.TimestamptzType):
        return "u%d" % ((value - EPOCH_UTC) // MICRO)
    if isinstance(kind, (types.TimestampNanoType, types.TimestamptzNanoType)):
        return "n%d" % value if value % 1000 else "u%d" % (value // 1000)
    if isinstance(kind, types.StructType):
        return "{" + ",".join(said(f.field_type, value[f.name]) for f in kind.fields) + "}"
    if isinstance(kind, types.ListType):
        return "[" + ",".join(said(kind.element_type, one) for one in value) + "]"
    if isinstance(kind, types.MapType):
        pairs = value.items() if isinstance(value, dict) else value
        entries = [said(kind.key_type, k) + "=" + said(kind.value_type, v) for k, v in pairs]
        return "<" + ",".join(sorted(entries)) + ">"
    return str(value)


def condition(column, how, kind, text):
    literal = int(text) if kind == "int" else bytes.fromhex(text) if kind == "hex" else text
    return EqualTo(column, literal) if how == "=" else LessThan(column, literal)


def nanos_as_numbers(table):
    """Python's own datetime has no nanoseconds."""
    for i, field in enumerate(table.schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            table = table.set_column(i, field.name, table.column(i).cast(pyarrow.int64()))
    return table


def rows(catalog, wanted):
    table = catalog.load_table(wanted["table"])
    scan = table.scan(
        row_filter=condition(*wanted["where"]) if "where" in wanted else AlwaysTrue(),
        selected_fields=tuple(wanted.get("columns", ["*"])),
    )
    kind = scan.projection().as_struct()
    for row in nanos_as_numbers(scan.to_arrow()).to_pylist(maps_as_pydicts=None):
        yield said(kind, row)


def main(database, warehouse):
    out = sys.stdout
    sys.stdout = sys.stderr
    catalog = SqlCatalog("default", uri="sqlite:///" + database, warehouse=warehouse)
    for line in sys.stdin:
        try:
            for row in rows(catalog, json.loads(base64.b64decode(line))):
                out.write("=" + row + "\n")
            out.write(".\n")
        except Exception:
            out.write("!" + base64.b64encode(traceback.format_exc().encode()).decode() + "\n")
        out.flush()


main(*sys.argv[1:])
