package dev.headwater.validate;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.rows.BeamRows;
import dev.headwater.rows.Divide;
import dev.headwater.rows.FailedRows;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Batches against a contract, in a pipeline of one's own: those rows go on that keep it. The others
 * go to Beam's {@link ErrorHandler}; without one the first of them fails its bundle. Bounded or
 * unbounded; every row goes one of both ways.
 *
 * <pre>{@code
 * rows.apply(Validate.rows(Validate.by(contract).withErrorHandler(bad)))
 * }</pre>
 */
public final class Validate extends PTransform<PCollection<RowBatch>, PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  private final RowCheck.Factory check;
  private final @Nullable ErrorHandler<BadRecord, ?> handler;

  private Validate(RowCheck.Factory check, @Nullable ErrorHandler<BadRecord, ?> handler) {
    this.check = check;
    this.handler = handler;
  }

  public static Validate by(Contract contract) {
    return by(contract, TableRules.NONE);
  }

  /** A contract, and what a table can hold whatever its contract says. */
  public static Validate by(Contract contract, TableRules table) {
    return with(schema -> new ContractCheck(contract, table, schema, "", 0));
  }

  /** The columns that a table requires, its partitions, and its key where it is upserted. */
  public static Validate fitFor(Table table, String... key) {
    List<Contract.ColumnRule> required = new ArrayList<>();
    for (Types.NestedField field : table.schema().columns()) {
      if (field.isRequired()) {
        required.add(Contract.ColumnRule.of(field.name()).asRequired());
      }
    }
    return by(Contract.of(required, List.of()), TableRules.of(table, List.of(key)));
  }

  /** Any check of ours. */
  public static Validate with(RowCheck.Factory check) {
    return new Validate(check, null);
  }

  /** Rows that don't pass go there, as {@code BadRecord}s: the row, its code, its reason. */
  public Validate withErrorHandler(ErrorHandler<BadRecord, ?> badRecords) {
    return new Validate(check, badRecords);
  }

  /** The same of Beam's rows. */
  public static PTransform<PCollection<Row>, PCollection<Row>> rows(Validate by) {
    return new OfRows(by);
  }

  @Override
  public PCollection<RowBatch> expand(PCollection<RowBatch> batches) {
    return Divide.good(batches, dividing(), handler);
  }

  /** What divides, for a pipeline that takes both outputs. */
  public Divide.Opening dividing() {
    RowCheck.Factory factory = check;
    return () -> {
      Opened last = new Opened();
      return batch -> {
        RowCheck.Checked checked = last.of(factory, batch).check(batch, Origin.at("", row -> row));
        RowBatch letters = checked.letters();
        return new Divide.Divided(checked.good(), letters == null ? null : failed(batch, letters));
      };
    };
  }

  /** The check of the batches' schema; a stream's batches have the same one most of the time. */
  private static final class Opened {
    private @Nullable Schema schema;
    private @Nullable RowCheck check;

    RowCheck of(RowCheck.Factory factory, RowBatch batch) {
      RowCheck known = check;
      if (known == null || schema == null || !schema.sameSchema(batch.schema())) {
        known = factory.open(batch.schema());
        check = known;
        schema = batch.schema();
      }
      return known;
    }
  }

  private static RowBatch failed(RowBatch batch, RowBatch letters) {
    int[] rows =
        Arrays.stream(((LongColumn) letters.column("position")).values())
            .mapToInt(Math::toIntExact)
            .toArray();
    Values[] of =
        java.util.stream.Stream.of("code", "reason", "column", "value")
            .map(name -> Values.of(letters.column(name), Types.StringType.get()))
            .toArray(Values[]::new);
    List<FailedRows.Why> why = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      why.add(
          new FailedRows.Why(
              String.valueOf(of[0].at(i)),
              String.valueOf(of[1].at(i)),
              (String) of[2].at(i),
              (String) of[3].at(i)));
    }
    return FailedRows.of(batch.gather(rows), why);
  }

  private static final class OfRows extends PTransform<PCollection<Row>, PCollection<Row>> {
    private static final long serialVersionUID = 1;
    private final Validate by;

    OfRows(Validate by) {
      this.by = by;
    }

    @Override
    public PCollection<Row> expand(PCollection<Row> rows) {
      Schema schema = BeamRows.schema(rows.getSchema());
      return rows.apply("Batches", BeamRows.batches(schema))
          .apply("Validate", by)
          .apply("Rows", BeamRows.rows(schema));
    }
  }
}
