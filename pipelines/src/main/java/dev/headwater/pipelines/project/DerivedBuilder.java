package dev.headwater.pipelines.project;

import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.validate.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A table that is made of other tables, while it is declared. */
public final class DerivedBuilder implements Supplier<DerivedDecl>, RowSource {
  private final String name;
  private final @Nullable QueryText sql;
  private final @Nullable TableTransform through;
  private final List<String> from;
  private final List<Partition> partitions = new ArrayList<>();
  private @Nullable String time;
  private @Nullable String contract;
  private Limits limits = Limits.NONE;

  DerivedBuilder(
      String name, @Nullable QueryText sql, @Nullable TableTransform through, List<String> from) {
    this.name = name;
    this.sql = sql;
    this.through = through;
    this.from = from;
  }

  /** The column with the rows' event time. */
  public DerivedBuilder time(String column) {
    time = column;
    return this;
  }

  /** One more field of the partitioning: {@code Partition.month("date")}. */
  public DerivedBuilder partition(Partition partition) {
    partitions.add(partition);
    return this;
  }

  /** The contract's file. */
  public DerivedBuilder contract(String file) {
    contract = file;
    return this;
  }

  /** How many letters it bears before a run that makes them is stopped. */
  public DerivedBuilder letters(Limits most) {
    limits = most;
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable String time() {
    return time;
  }

  @Override
  public DerivedDecl get() {
    return new DerivedDecl(
        name, sql, through, sql == null ? from : tables(sql), time, partitions, contract, limits);
  }

  /** What a query reads; one that is none has a problem of its own. */
  private static List<String> tables(QueryText sql) {
    try {
      return List.copyOf(sql.parsed().tables());
    } catch (ExpressionException e) {
      return List.of();
    }
  }
}
