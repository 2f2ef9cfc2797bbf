package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.Misfit;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Shape;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunReader;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Rows of a stream whose columns the table does not have: what becomes of the table's columns by
 * its policy, and the rows' files, for the table as it will be.
 *
 * @param table as it will be
 * @param shape what the commit brings
 * @param changes in words
 */
public record NewColumns(TableRef ref, Table table, Shape shape, List<String> changes) {
  /**
   * The columns that these rows need.
   *
   * @throws HeadwaterException DATA if the policy does not allow it
   */
  static NewColumns of(
      TableRef ref, Table now, SchemaPolicy policy, Spill from, List<RunRef> runs) {
    Map<String, Arrival> arrivals = new HashMap<>();
    each(
        from,
        runs,
        batch ->
            arrivals.merge(batch.schema().asStruct().toString(), arrival(batch), NewColumns::both));
    return of(ref, now, policy, List.copyOf(arrivals.values()));
  }

  /** As above, for rows that did not wait. */
  static NewColumns of(TableRef ref, Table now, SchemaPolicy policy, List<Arrival> arrivals) {
    Evolution evolution = Evolution.of(now, arrivals, policy);
    if (!evolution.misfits().isEmpty()) {
      throw new HeadwaterException(
          Kind.DATA,
          "The stream's rows do not fit table "
              + ref
              + ": "
              + String.join(
                  "; ", evolution.misfits().stream().limit(5).map(Misfit::sentence).toList())
              + ".",
          "allow it by the stream's schema policy, or send such rows to the dead letters before.");
    }
    return of(ref, now, policy, evolution);
  }

  /** As above, whether there are rows that don't fit or not. */
  public static NewColumns of(TableRef ref, Table now, SchemaPolicy policy, Evolution evolution) {
    Schema columns = Shape.union(ref, now, evolution.columns(), policy);
    Shape shape = Shape.of(now, columns, now.spec().toUnbound().bind(columns));
    return new NewColumns(
        ref, shape.isOf(now) ? now : shape.of(ref, now), shape, evolution.changes());
  }

  /**
   * Brings the columns in a commit of their own, if the table lacks them.
   *
   * @return the table with them
   * @throws dev.headwater.catalog.commit.BaseMovedException if others changed its columns meanwhile
   */
  public Table commit(TableCatalog open, String sink) {
    if (shape.isOf(open.load(ref))) {
      return table;
    }
    Token token = Token.ofContent(sink + ".columns", List.of(UUID.randomUUID().toString()));
    new Committer(open)
        .commit(
            Change.append(ref, token, List.of()).shape(shape).summary(summary()),
            Table::newFastAppend);
    return open.load(ref);
  }

  /** What the commit's summary says of them. */
  Map<String, String> summary() {
    return changes.isEmpty()
        ? Map.of()
        : Map.of(SummaryKeys.FACT + "columns_changed", String.join("; ", changes));
  }

  /** The rows into files. */
  Written write(String sink, String run, Spill from, List<RunRef> runs) throws IOException {
    try (BatchWriter writer = BatchWriter.open(table, sink, run).sorting().sketching()) {
      for (RunRef one : runs) {
        try (RunReader rows = new RunReader(from, one)) {
          for (RowBatch batch = rows.next(); batch != null; batch = rows.next()) {
            writer.accept(batch);
          }
        }
      }
      List<DataFile> files = writer.finish();
      return Written.of(files, writer.rows(), writer.rows(), 0).sketch(writer.sketch());
    }
  }

  private interface Each {
    void accept(RowBatch batch);
  }

  private static void each(Spill from, List<RunRef> runs, Each to) {
    for (RunRef run : runs) {
      try (RunReader rows = new RunReader(from, run)) {
        for (RowBatch batch = rows.next(); batch != null; batch = rows.next()) {
          to.accept(batch);
        }
      }
    }
  }

  static Arrival arrival(RowBatch batch) {
    Set<String> nulls = new HashSet<>();
    List<NestedField> fields = batch.schema().columns();
    for (int i = 0; i < fields.size(); i++) {
      Column column = batch.column(i);
      if (column.nulls() != null) {
        nulls.add(fields.get(i).name());
      }
    }
    return new Arrival("the stream", batch.schema(), nulls);
  }

  private static Arrival both(Arrival one, Arrival other) {
    Set<String> nulls = new HashSet<>(one.nulls());
    nulls.addAll(other.nulls());
    return new Arrival(one.name(), one.schema(), nulls);
  }
}
