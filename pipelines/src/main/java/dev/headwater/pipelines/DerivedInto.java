package dev.headwater.pipelines;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Run;
import dev.headwater.derive.DeriveTable;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Partition;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Limits;
import dev.headwater.validate.TableRules;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Where the rows of a derived table go, and how they are committed. */
record DerivedInto(CheckedWriter.Into writer, CommitTable commit) {
  /**
   * Of one run.
   *
   * @param append whether rows come to those that are there
   */
  static DerivedInto of(
      Stages stages,
      Run run,
      DerivedDecl table,
      TableOutput output,
      Schema schema,
      boolean append) {
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    TableShape shape =
        TableShape.exactly(
            catalog,
            output.ref(),
            schema,
            Partition.spec(schema, table.partition()),
            output.settings());
    Token token = output.token(run);
    CommitTable commit =
        (append
                ? CommitTable.append(catalog.config(), output.ref(), token)
                : CommitTable.replace(catalog.config(), output.ref(), token))
            .shape(shape.shape())
            .summary(output.summary(run));
    Optional<Contract> contract = Contracts.of(stages.project(), table.contract());
    TableRules own = TableRules.of(shape.table(), List.of());
    TableRef lettersRef = Letters.of(output.ref());
    Table letters = null;
    RowCheck.Factory check = null;
    LetterWatch.Factory watch = LetterWatch.NONE;
    if (contract.isPresent() || !own.isEmpty()) {
      Contract rules = contract.orElse(Contract.NONE);
      letters = output.letters(run);
      check = check(rules, own, run);
      Limits limits = Limits.of(rules).and(table.limits());
      watch = limits.watch(table.name());
      commit = commit.letters(lettersRef).check(limits.check(table.name(), letters));
    } else if (!append && catalog.find(lettersRef).isPresent()) {
      // Without a contract there are no letters any more.
      commit = commit.letters(lettersRef);
    }
    return new DerivedInto(
        new CheckedWriter.Into(
            DeriveTable.STAGE,
            SerializableTable.copyOf(shape.table()),
            token.sink(),
            run.id().toString(),
            String.join(", ", table.from()),
            serializable(letters),
            check,
            watch,
            null),
        commit);
  }

  private static RowCheck.Factory check(Contract rules, TableRules own, Run run) {
    String id = run.id().toString();
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
    return schema -> new ContractCheck(rules, own, schema, id, at);
  }

  private static @Nullable Table serializable(@Nullable Table table) {
    return table == null ? null : SerializableTable.copyOf(table);
  }
}
