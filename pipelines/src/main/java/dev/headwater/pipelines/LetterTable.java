package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.pipelines.project.Target;
import dev.headwater.upsert.TableFile;
import dev.headwater.validate.Letters;
import dev.headwater.validate.StoredLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** A table's dead letters, read one by one. */
final class LetterTable {
  private final TableCatalog catalog;
  private final TableRef ref;

  LetterTable(Stages stages, Target target) {
    this(stages.workspace(), target);
  }

  LetterTable(Workspace workspace, Target target) {
    this.ref = Letters.of(workspace.table(target.name()));
    this.catalog = workspace.catalog(ref);
  }

  TableRef ref() {
    return ref;
  }

  TableCatalog catalog() {
    return catalog;
  }

  /** The table as it is now; empty without a letter yet. */
  Optional<Table> find() {
    return catalog.find(ref).filter(table -> table.currentSnapshot() != null);
  }

  /** Takes letters until it says that it has enough. */
  interface Reader {
    boolean take(StoredLetter letter) throws IOException;
  }

  /** Reads the letters of the table's current snapshot that are asked for. */
  void each(Table table, LetterFilter filter, Reader to) {
    Predicate<StoredLetter> which = predicate(filter);
    Schema columns = StoredLetter.columns(table.schema());
    Expression where = filter.where() == null ? null : condition(filter.where(), columns);
    boolean[] enough = new boolean[1];
    try {
      for (TableFile file : TableFile.all(table)) {
        if (enough[0]) {
          return;
        }
        file.read(table, columns, (batch, first) -> enough[0] |= take(batch, where, which, to));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean take(
      RowBatch batch, @Nullable Expression where, Predicate<StoredLetter> which, Reader to)
      throws IOException {
    Bits selected = where == null ? null : where.select(batch);
    for (StoredLetter letter : StoredLetter.of(selected == null ? batch : batch.filter(selected))) {
      if (which.test(letter) && !to.take(letter)) {
        return true;
      }
    }
    return false;
  }

  private static Predicate<StoredLetter> predicate(LetterFilter filter) {
    Instant since = filter.since();
    long micros = since == null ? Long.MIN_VALUE : ChronoUnit.MICROS.between(Instant.EPOCH, since);
    String source = filter.source();
    String run = filter.run();
    return letter ->
        (filter.done() || letter.isOpen())
            && letter.at() >= micros
            && (source == null || letter.source().endsWith(source))
            && (run == null || letter.run().startsWith(run))
            && (filter.codes().isEmpty()
                || letter.reasons().stream().anyMatch(r -> filter.codes().contains(r.code())))
            && (filter.column() == null
                || letter.reasons().stream().anyMatch(r -> filter.column().equals(r.column())));
  }

  private static Expression condition(String where, Schema columns) {
    List<String> names = columns.columns().stream().map(f -> f.name()).toList();
    try {
      Expression condition = Expression.parse(where, columns);
      if (condition.type().typeId() == Type.TypeID.BOOLEAN) {
        return condition;
      }
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot choose letters by `" + where + "`: it is " + condition.type() + ".",
          "write a condition: \"code = 'min' and position < 1000\".");
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot choose letters by `" + where + "`: " + e.getMessage() + ".",
          "the letters' columns are " + String.join(", ", names) + ".",
          e);
    }
  }
}
