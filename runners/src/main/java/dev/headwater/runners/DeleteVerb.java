package dev.headwater.runners;

import dev.headwater.pipelines.TableTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Rows out of a table. */
@Command(
    name = "delete",
    description = "Delete the rows of a table for which a condition is true.",
    footer = {
      "",
      "Only files that hold such rows are written again. Older snapshots have the",
      "rows until they expire.",
      "",
      "Examples:",
      "  headwater table delete flights --where \"delay > 1000\" --dry-run",
      "  headwater table delete flights --where \"date < '2001-02-01'\" --yes"
    })
final class DeleteVerb extends ChangeVerb.Asking {
  @Option(
      names = "--where",
      paramLabel = "SQL",
      required = true,
      description = "Which rows, as SQL over the table's columns.")
  private String where = "";

  @Override
  public Integer call() {
    return destroy(table(), new TableTask.Delete(where));
  }
}
