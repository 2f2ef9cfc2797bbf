package dev.headwater.validate;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Batches against a contract, a rule at a time over a column's array. One thread. */
public final class ContractCheck implements RowCheck {
  private final List<Rule> rules;
  private final String run;
  private final long atMicros;

  /** Of a contract alone. */
  public ContractCheck(Contract contract, Schema schema, String run, long atMicros) {
    this(contract, TableRules.NONE, schema, run, atMicros);
  }

  /**
   * Checks batches of one schema.
   *
   * @param table what rows must be besides, so that their table can hold them
   * @param run the run's id, for the letters
   * @param atMicros when the run began, in microseconds since 1970
   * @throws HeadwaterException DATA if the schema itself breaks the contract
   */
  public ContractCheck(
      Contract contract, TableRules table, Schema schema, String run, long atMicros) {
    this.rules = new ArrayList<>();
    try {
      rules.addAll(Rules.of(contract, schema));
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          Kind.DATA,
          "The data does not fit its contract: " + e.getMessage() + ".",
          "mend the contract, or the files.",
          e);
    }
    rules.addAll(table.of(schema));
    this.run = run;
    this.atMicros = atMicros;
  }

  @Override
  public Checked check(RowBatch batch, Origin from) {
    Bits[] bad = new Bits[rules.size()];
    Bits any = null;
    for (int i = 0; i < bad.length; i++) {
      Bits found = rules.get(i).test().bad(batch);
      bad[i] = found == null ? Bits.none(batch.size()) : found;
      if (found != null) {
        any = any == null ? found : any.or(found);
      }
    }
    Bits bads = Column.nulls(any);
    if (bads == null) {
      return new Checked(batch, null);
    }
    LetterBatch letters = new LetterBatch(run, atMicros);
    for (int row : bads.positions()) {
      List<Letter.Reason> reasons = new ArrayList<>();
      for (int i = 0; i < bad.length; i++) {
        if (bad[i].get(row)) {
          Rule rule = rules.get(i);
          reasons.add(
              new Letter.Reason(
                  rule.code(), rule.reason(), rule.column(), value(batch, rule.column(), row)));
        }
      }
      letters.add(
          new Letter(
              from.source(), from.position(row), reasons, RowJson.row(batch, row), from.raw(row)));
    }
    return new Checked(batch.filter(bads.not()), letters.take());
  }

  private static @Nullable String value(RowBatch batch, @Nullable String column, int row) {
    if (column == null) {
      return null;
    }
    int at = batch.index(column);
    Type type = batch.schema().columns().get(at).type();
    return RowJson.text(Values.of(batch.column(at), type, row), type);
  }
}
