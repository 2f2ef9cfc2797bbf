package dev.headwater.pipelines;

import dev.headwater.columns.expr.Expression;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Write;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.GoingCheck;
import dev.headwater.validate.TableRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What rows must be to come into a table; others become its letters. */
final class IngestRules {
  /** The rule that rows break which an overwrite would not take away again. */
  private static final String OVERWRITE = "overwrite";

  private final Project project;
  private final TableDecl table;

  IngestRules(Project project, TableDecl table) {
    this.project = project;
    this.table = table;
  }

  /**
   * What is declared; and rows beside what they overwrite would stay there for ever, rows of no
   * window take nobody's place: letters.
   */
  Optional<Contract> contract() {
    Optional<Contract> declared = Contracts.of(project, table);
    String where = table.write().where();
    boolean windows =
        table.write().mode() == Write.Mode.OVERWRITE && project.topic(table).isPresent();
    if (where == null && !windows) {
      return declared;
    }
    String rule =
        windows ? name(table.time()) + " is not null" : "coalesce((" + where + "), false)";
    Contract any = declared.orElse(Contract.NONE);
    List<Contract.NamedRule> rules = new ArrayList<>(any.rules());
    rules.add(new Contract.NamedRule(OVERWRITE, rule));
    return Optional.of(
        new Contract(
            any.columns(), rules, any.unknownColumns(), any.maxBadShare(), any.maxBadRows()));
  }

  private static String name(@Nullable String column) {
    return '"' + String.valueOf(column).replace("\"", "\"\"") + '"';
  }

  /** Rows against the contract; of those that only remove others nothing but the key counts. */
  RowCheck.Factory check(Contract rules, TableRules own, String id, long at) {
    String delete = table.write().delete();
    if (delete == null) {
      return schema -> new ContractCheck(rules, own, schema, id, at);
    }
    TableRules keys = new TableRules(table.write().key(), List.of());
    return schema -> {
      Expression goes = Expression.parse(delete, schema);
      return new GoingCheck(
          new ContractCheck(rules, own, schema, id, at),
          new ContractCheck(Contract.NONE, keys, schema, id, at),
          goes::select,
          schema);
    };
  }
}
