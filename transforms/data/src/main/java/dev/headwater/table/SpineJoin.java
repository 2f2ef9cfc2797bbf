package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Joins the rows of a spine with feature views by (key, time), and gives each shard's rows to a
 * sink: all rows of the spine exactly once, in no particular order. Bounded.
 *
 * <p>A spine row with a null key has nulls in that view's columns; one without its row in a view
 * fails the stage, since a view holds every point of its spines.
 *
 * @param <T> what a sink is finished into
 */
public final class SpineJoin<T> extends PTransform<PBegin, PCollection<T>> {
  private static final long serialVersionUID = 1;

  /** Above any id of a spine's column; ids are given anew in the end. */
  private static final int FIRST_VIEW_ID = 1 << 30;

  /**
   * A view to join.
   *
   * @param alias begins the names of its columns: {@code <alias>__<column>}
   * @param keys the view's key column -> the spine's column; empty for a view without a key
   * @param time the view's time column
   * @param columns which of its value columns are wanted
   */
  public record View(
      String alias,
      Table table,
      SnapshotRef snapshot,
      Map<String, String> keys,
      String time,
      List<String> columns) {
    public View {
      keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
      columns = List.copyOf(columns);
    }
  }

  /**
   * The rows to join to.
   *
   * @param time their time column
   * @param columns which of its columns are wanted
   * @param where SQL that tells which rows; Java's null: all
   */
  public record Rows(
      Table table,
      SnapshotRef snapshot,
      String time,
      List<String> columns,
      @Nullable String where) {
    public Rows {
      columns = List.copyOf(columns);
    }
  }

  /**
   * How rows are joined: where runs are spilled (a folder's URI) and how many workers there are.
   */
  public record Means(String stage, String scratch, int workers) implements Serializable {}

  private final Rows rows;
  private final List<View> views;
  private final Means means;
  private final BatchSink.Factory<T> sink;
  private final Coder<T> coder;

  public SpineJoin(
      Rows rows, List<View> views, Means means, BatchSink.Factory<T> sink, Coder<T> coder) {
    this.rows = rows;
    this.views = new ArrayList<>(views);
    this.means = means;
    this.sink = sink;
    this.coder = coder;
  }

  /** The columns of the joined batches: the spine's that are wanted, then each view's. */
  public static Schema schema(Rows rows, List<View> views) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (String column : rows.columns()) {
      Types.NestedField field = field(rows.table(), rows.snapshot(), column);
      fields.add(Types.NestedField.from(field).withName(column).build());
    }
    for (View view : views) {
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
    Integer id = table.snapshot(snapshot.snapshotId()).schemaId();
    Schema schema = id == null ? table.schema() : table.schemas().get(id);
    Types.NestedField field = schema == null ? null : schema.findField(column);
    if (field == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot join " + snapshot + ": it has no column " + column + ".",
          "run the stage that writes this table again, or name one of its columns.");
    }
    return field;
  }

  @Override
  public PCollection<T> expand(PBegin begin) {
    throw new UnsupportedOperationException(
        "joins are not there yet: " + means.stage() + schema(rows, views) + sink + coder);
  }
}
