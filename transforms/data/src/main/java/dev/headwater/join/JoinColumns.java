package dev.headwater.join;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.KeyCodec;
import dev.headwater.table.Snapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a join: what is read of the spine and of each view, and what comes out. All that
 * is wrong with them is told before anything runs.
 */
record JoinColumns(SpineJoin.Rows rows, List<SpineJoin.View> views) {
  /** Above any id of a spine's column; ids are given anew in the end. */
  private static final int FIRST_VIEW_ID = 1 << 30;

  /** The columns of the joined batches: the spine's that are wanted, then each view's. */
  Schema joined() {
    List<Types.NestedField> fields = new ArrayList<>();
    for (String column : rows.columns()) {
      Types.NestedField field = field(rows.table(), rows.snapshot(), column);
      fields.add(Types.NestedField.from(field).withName(column).build());
    }
    for (SpineJoin.View view : views) {
      for (String column : view.columns()) {
        Types.NestedField field = field(view.table(), view.snapshot(), column);
        fields.add(
            Types.NestedField.optional(
                FIRST_VIEW_ID + fields.size(), view.alias() + "__" + column, field.type()));
      }
    }
    return TypeUtil.assignFreshIds(new Schema(fields), new AtomicInteger()::incrementAndGet);
  }

  private static Types.NestedField field(Table table, SnapshotRef snapshot, String column) {
    Schema schema = Snapshots.schema(table, snapshot);
    JoinLayout.type(snapshot.table().toString(), schema, column);
    return schema.findField(column);
  }

  JoinLayout ofSpine(Schema schema, @Nullable Expression where) {
    String what = rows.snapshot().table().toString();
    JoinLayout.type(what, schema, rows.time());
    rows.columns().forEach(column -> JoinLayout.type(what, schema, column));
    List<List<String>> keys = new ArrayList<>();
    for (SpineJoin.View view : views) {
      view.keys().values().forEach(column -> JoinLayout.type(what, schema, column));
      keys.add(List.copyOf(view.keys().values()));
    }
    return JoinLayout.of(
        schema, rows.time(), keys, rows.columns(), where == null ? Set.of() : where.columns());
  }

  JoinLayout ofView(SpineJoin.View view, Schema spineSchema) {
    Schema schema = Snapshots.schema(view.table(), view.snapshot());
    String what = view.snapshot().table() + " as " + view.alias();
    view.columns().forEach(column -> JoinLayout.type(what, schema, column));
    Map<String, String> pairs = new LinkedHashMap<>(view.keys());
    pairs.put(view.time(), rows.time());
    pairs.forEach(
        (ours, theirs) -> {
          Type our = JoinLayout.type(what, schema, ours);
          Type their = spineSchema.findType(theirs);
          if (!KeyCodec.comparable(our, their)) {
            throw new HeadwaterException(
                Kind.USAGE,
                "Cannot join "
                    + what
                    + ": its "
                    + ours
                    + " ("
                    + our
                    + ") meets "
                    + theirs
                    + " ("
                    + their
                    + ").",
                "join the view on a column of the same type.");
          }
        });
    return JoinLayout.of(
        schema, view.time(), List.of(List.copyOf(view.keys().keySet())), view.columns(), Set.of());
  }
}
