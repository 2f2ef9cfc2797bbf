package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Spill;
import dev.headwater.table.UpsertSpec;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Letters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Source files -> checked against the contract -> the table and its letters, in one commit. What
 * the rows do to those that are there is declared, see {@link Write}.
 */
final class IngestJob implements Job {
  private static final String VERSION = "1";

  /** The fact that tells how many rows went into the user's transforms. */
  private static final String ROWS_READ = SummaryKeys.FACT + "rows_read";

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final TableOutput output;
  private final TableFiles files;
  private @Nullable String declaration;

  IngestJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.output = new TableOutput(stages.workspace(), target);
    this.files = new TableFiles(stages, target, table, output);
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
    return output.find(run).map(this::made);
  }

  @Override
  public Optional<String> lost(Run run) {
    return output.lost(run);
  }

  @Override
  public Made make(Run run, Watch watch) {
    if (files.onlyColumns(run) && columns(run)) {
      return output.find(run).map(this::made).orElseGet(this::nothing);
    }
    Set<Edge> landed = files.landed(run);
    Map<Edge, SourceFile> pinned = files.pinned(run, landed);
    if (pinned.isEmpty()) {
      return nothing();
    }
    Landing landing = Landing.of(stages.workspace().catalog().io(), pinned, landed, table);
    Recompute.whileMoving(
        () -> {
          Pipeline pipeline = stages.pipeline(target);
          if (table.write().mode() == Write.Mode.UPSERT) {
            upsert(run, landing, pipeline);
          } else {
            write(run, landing, pipeline);
          }
          try {
            stages.run(pipeline, target, landing.sources().rows(), watch);
          } catch (RuntimeException e) {
            throw UserSteps.blamed(table, e);
          }
        });
    return output.find(run).map(this::made).orElseGet(this::nothing);
  }

  /**
   * Renames columns of a table whose rows stay.
   *
   * @return whether that is all there is to do
   */
  private boolean columns(Run run) {
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    List<Arrival> arrivals =
        Sources.of(stages.workspace().catalog().io(), List.copyOf(files.all().values())).arrivals();
    Shaping now = Shaping.of(catalog, output.ref(), table, arrivals, run, false);
    Shaping renamed = Shaping.of(catalog, output.ref(), table, List.of(), run, false);
    if (now.letters() || !now.evolution().changes().equals(renamed.evolution().changes())) {
      return false;
    }
    if (renamed.into().shape() != null) {
      new Committer(catalog)
          .commit(
              Change.append(output.ref(), output.token(run), List.of())
                  .shape(renamed.into().shape())
                  .summary(output.summary(run))
                  .summary(renamed.summary()),
              Table::newFastAppend);
    }
    return true;
  }

  private void write(Run run, Landing landing, Pipeline pipeline) {
    CatalogConfig catalog = stages.workspace().catalog(output.ref()).config();
    boolean all = !table.write().mode().keeps() && !landing.append();
    Shaping shaping = shaping(run, landing, all);
    TableShape into = shaping.into();
    Token token = output.token(run);
    CommitTable commit = CommitTable.append(catalog, output.ref(), token);
    if (all) {
      commit = CommitTable.replace(catalog, output.ref(), token);
    } else if (table.write().mode() == Write.Mode.OVERWRITE) {
      into.onePartitioning(output.ref());
      commit =
          CommitTable.of(
              catalog, Change.of(output.ref(), new Edit.OverwritePartitions(), token, List.of()));
    }
    IngestFiles ingest =
        IngestFiles.into(
            landing.groups(stages.engine().workers()),
            into.table(),
            token.sink(),
            run.id().toString());
    if (landing.stepped()) {
      ingest = ingest.through(landing.through(), landing.read());
      commit = commit.summary(Map.of(ROWS_READ, Long.toString(landing.sources().rows())));
    }
    apply(run, pipeline, ingest, commit, shaping, all);
  }

  private void upsert(Run run, Landing landing, Pipeline pipeline) {
    if (landing.stepped()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot upsert " + table.name() + ": its rows would not go through its transforms.",
          "leave out java, or the upsert; both together are not supported yet.");
    }
    Workspace workspace = stages.workspace();
    Shaping shaping = shaping(run, landing, false);
    Table base = workspace.catalog(output.ref()).load(output.ref());
    Token token = output.token(run);
    UpsertSpec spec =
        UpsertSpec.of(
            base,
            shaping.into().table(),
            table.write().key(),
            table.write().order(),
            token.sink(),
            run.id().toString(),
            Spill.in(workspace.scratch(run.id()).toUri().toString(), base.io()),
            UpsertSpec.shards(landing.sources().rows(), stages.engine().workers()));
    CommitTable commit =
        CommitTable.of(
            workspace.catalog(output.ref()).config(),
            Change.of(output.ref(), Edit.Rewrite.of(base), token, List.of()));
    apply(
        run,
        pipeline,
        IngestFiles.upsert(landing.groups(stages.engine().workers()), spec),
        commit,
        shaping,
        false);
  }

  private Shaping shaping(Run run, Landing landing, boolean all) {
    return Shaping.of(
        stages.workspace().catalog(output.ref()),
        output.ref(),
        table,
        landing.arrivals(),
        run,
        all);
  }

  /** With the columns, the contract and the letters. */
  private void apply(
      Run run,
      Pipeline pipeline,
      IngestFiles into,
      CommitTable with,
      Shaping shaping,
      boolean replaced) {
    IngestFiles ingest = into.fitting(shaping.fits(), null);
    CommitTable commit =
        with.shape(shaping.into().shape()).summary(output.summary(run)).summary(shaping.summary());
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    TableRef lettersRef = Letters.of(output.ref());
    Optional<Contract> contract = Contracts.of(stages.project(), table);
    if (contract.isPresent() || shaping.letters()) {
      TableShape letters =
          TableShape.exactly(catalog, lettersRef, Letters.SCHEMA, PartitionSpec.unpartitioned());
      commit = commit.letters(lettersRef, letters.shape());
      ingest = ingest.fitting(shaping.fits(), letters.table());
      if (contract.isPresent()) {
        Contract rules = contract.get();
        String id = run.id().toString();
        long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
        String name = table.name();
        ingest =
            ingest.checked(schema -> new ContractCheck(rules, schema, id, at), letters.table());
        commit = commit.check(all -> ContractCheck.limit(rules, name, all.in(), all.letters()));
      }
    } else if (replaced && catalog.find(lettersRef).isPresent()) {
      // Without a contract there are no letters any more.
      commit = commit.letters(lettersRef);
    }
    pipeline.apply("ingest", ingest).apply("ingest commit", commit);
  }

  private Made made(Committed committed) {
    long in = TableOutput.count(committed, SummaryKeys.ROWS_IN);
    long letters = TableOutput.count(committed, SummaryKeys.ROWS_LETTERS);
    boolean stepped = committed.summary().containsKey(ROWS_READ);
    String given = stepped ? Stages.grouped(in) + " from " + UserSteps.names(table) + ", " : "";
    return new Made(
        List.of(TableOutput.edge(committed)),
        TableOutput.figures(committed),
        stepped ? TableOutput.count(committed, ROWS_READ) : in,
        given
            + Stages.grouped(Stages.kept(committed))
            + " kept, "
            + Stages.grouped(letters)
            + " letters"
            + rewritten(committed)
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

  /** Files without a row leave the table as it is. */
  private Made nothing() {
    return new Made(List.of(stages.pin(table.name())), Map.of(), 0, "no rows", "");
  }
}
