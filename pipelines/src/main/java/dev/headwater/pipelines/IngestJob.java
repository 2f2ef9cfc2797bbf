package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * Source files -> checked against the contract -> the table and its letters, in one commit. What
 * the rows do to those that are there is declared, see {@link Write}.
 */
final class IngestJob implements Job {
  private static final String VERSION = "1";
  private static final String AGAIN = ", not read again: ";
  private static final String RENAMED = SummaryKeys.FACT + "files_renamed";

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final TableOutput output;
  private final TableFiles files;
  private final IngestWork work;
  private @Nullable String declaration;

  IngestJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.output = new TableOutput(stages.workspace(), target);
    this.files = new TableFiles(stages, target, table, output);
    this.work = new IngestWork(stages, table, output);
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public String declaration() {
    if (declaration == null) {
      declaration = Declarations.json(stages.project(), target);
    }
    return declaration;
  }

  @Override
  public Optional<String> waits() {
    return files.waits();
  }

  @Override
  public List<Edge> inputs() {
    return files.inputs();
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of(TableFiles.POLICY, files.policy());
  }

  @Override
  public List<String> reasons(Run last) {
    return files.unfit(last) ? List.of("schema changed, and files did not fit before") : List.of();
  }

  @Override
  public Optional<Made> find(Run run) {
    output.finishLater();
    return output.find(run).map(this::made);
  }

  @Override
  public Optional<String> lost(Run run) {
    return output.lost(run);
  }

  @Override
  public Made make(Run run, Watch watch) {
    UponFiles upon = files.held().upon();
    output.finishLater();
    if (files.onlyColumns(run)
        && work.columns(run, files.all().values(), into -> files.held().same(run, into))) {
      return output.find(run).map(this::made).orElseGet(() -> nothing(Map.of()));
    }
    Set<Edge> landed = files.landed(run);
    Map<Edge, SourceFile> pinned = files.pinned(run, landed);
    Map<String, String> renamed = files.renamed(run);
    if (pinned.isEmpty()) {
      return nothing(renamed);
    }
    Landing landing =
        Landing.of(work.store().io(), pinned, landed, table, work.format(), work.known(), upon)
            .says(
                into -> {
                  Map<String, String> says =
                      new HashMap<>(files.summary(run, into, pinned, !landed.isEmpty()));
                  if (!renamed.isEmpty()) {
                    says.put(RENAMED, told(renamed));
                  }
                  return says;
                });
    Recompute.whileMoving(
        stages.workspace().catalog(output.ref()),
        output.ref(),
        output.token(run).run(),
        () -> {
          Pipeline pipeline = stages.pipeline(target, run.id().toString());
          work.fill(pipeline, run, landing);
          try {
            stages.run(pipeline, target, landing.sources().rows(), watch);
          } catch (RuntimeException e) {
            throw UserSteps.blamed(table, e);
          }
        });
    return output.find(run).map(this::made).orElseGet(() -> nothing(Map.of()));
  }

  private Made made(Committed committed) {
    long in = TableOutput.count(committed, SummaryKeys.ROWS_IN);
    long letters = TableOutput.count(committed, SummaryKeys.ROWS_LETTERS);
    String renamed = committed.summary().get(RENAMED);
    boolean stepped = committed.summary().containsKey(IngestWork.ROWS_READ);
    String given = stepped ? Stages.grouped(in) + " from " + UserSteps.names(table) + ", " : "";
    return new Made(
        List.of(TableOutput.edge(committed)),
        TableOutput.figures(committed),
        stepped ? TableOutput.count(committed, IngestWork.ROWS_READ) : in,
        given
            + Stages.grouped(Stages.kept(committed))
            + " kept, "
            + Stages.grouped(letters)
            + " letters"
            + rewritten(committed)
            + (renamed == null ? "" : AGAIN + renamed)
            + changed(committed),
        TableOutput.where(committed));
  }

  private static String rewritten(Committed committed) {
    String files = committed.summary().get(SummaryKeys.FACT + "files_rewritten");
    return files == null ? "" : ", " + files + " files rewritten";
  }

  private static String changed(Committed committed) {
    String columns = committed.summary().get(Shaping.CHANGES);
    return columns == null ? "" : ", " + columns;
  }

  private static String told(Map<String, String> renamed) {
    List<String> all = new ArrayList<>();
    renamed.forEach((now, before) -> all.add(before + " is called " + now + " now"));
    int few = Math.min(3, all.size());
    String more = all.size() > few ? " and " + (all.size() - few) + " more" : "";
    return String.join(", ", all.subList(0, few)) + more;
  }

  /** Files without a row leave the table as it is. */
  private Made nothing(Map<String, String> renamed) {
    String note = "no rows" + (renamed.isEmpty() ? "" : AGAIN + told(renamed));
    return new Made(List.of(stages.pin(table.name())), Map.of(), 0, note, "");
  }
}
