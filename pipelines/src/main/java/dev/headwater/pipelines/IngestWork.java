package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.commit.UponNewest;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Expression;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.Sources;
import dev.headwater.ingest.Unchanged;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Write;
import dev.headwater.sort.Spill;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Distribution;
import dev.headwater.table.Written;
import dev.headwater.upsert.RemoveRows;
import dev.headwater.upsert.UpsertSpec;
import dev.headwater.validate.Contract;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Limits;
import dev.headwater.validate.TableRules;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** The pipeline of an ingest, by how its table is written. */
final class IngestWork {
  /** The fact that tells how many rows went into the user's transforms. */
  static final String ROWS_READ = SummaryKeys.FACT + "rows_read";

  private final Stages stages;
  private final TableDecl table;
  private final TableOutput output;

  IngestWork(Stages stages, TableDecl table, TableOutput output) {
    this.stages = stages;
    this.table = table;
    this.output = output;
  }

  /** How the source's files are read. */
  SourceFormat format() {
    return store().source().format();
  }

  /** Where they are. */
  SourceStore store() {
    return new SourceStore(
        stages, Objects.requireNonNull(stages.project().sources().get(table.from())));
  }

  /** The columns that the table has by now, under old names too; null if it isn't there. */
  @Nullable Schema known() {
    return stages
        .workspace()
        .catalog(output.ref())
        .find(output.ref())
        .map(Table::schema)
        .map(table.schema()::withOldNames)
        .orElse(null);
  }

  /** Puts the whole work of a run into a pipeline, its commit too. */
  void fill(Pipeline pipeline, Run run, Landing landing) {
    if (table.write().mode() == Write.Mode.UPSERT) {
      upsert(run, landing, pipeline);
    } else if (table.write().where() != null) {
      overwrite(table.write().where(), run, landing, pipeline);
    } else {
      all(run, landing, pipeline);
    }
  }

  private void all(Run run, Landing landing, Pipeline pipeline) {
    CatalogConfig catalog = stages.workspace().catalog(output.ref()).config();
    boolean all = !table.write().mode().keeps() && !landing.append();
    Shaping shaping = shaping(run, landing.arrivals(), all);
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
      commit = commit.summary(Map.of(ROWS_READ, "0"));
    }
    apply(run, pipeline, landing, ingest, commit, shaping, all, null, total -> {});
  }

  /**
   * Rows of a range of time, read again from their files, take the place of the table's.
   *
   * @param range true for the rows of the range, over the table's columns
   * @param token what the commit is known by
   * @param look a last look at the counts; it may throw
   */
  void backfill(
      Pipeline pipeline,
      Run run,
      Landing landing,
      String range,
      Token token,
      CommitTable.Check look) {
    Shaping shaping = shaping(run, landing.arrivals(), false);
    Table into = shaping.into().table();
    String id = run.id().toString();
    Expression where = Expression.parse(range, into.schema());
    IngestFiles ingest =
        IngestFiles.into(landing.groups(stages.engine().workers()), into, token.sink(), id)
            .only(where);
    // What came of letters meanwhile would be there twice.
    String replays = LetterSettling.STAGE + "." + output.ref().name();
    CommitTable commit =
        CommitTable.of(
                stages.workspace().catalog(output.ref()).config(),
                Change.of(output.ref(), Edit.Rewrite.of(into), token, List.of()))
            .upon(UponNewest.of(output.ref(), into, replays));
    if (landing.stepped()) {
      ingest = ingest.through(landing.through(), landing.read());
      commit = commit.summary(Map.of(ROWS_READ, Long.toString(landing.sources().rows())));
    }
    RemoveRows gone = new RemoveRows(into, into, where, token.sink(), id);
    apply(run, pipeline, landing, ingest, commit, shaping, false, gone, look);
  }

  /** Rows take the place of those that match, in the same commit. */
  private void overwrite(String where, Run run, Landing landing, Pipeline pipeline) {
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    Shaping shaping = shaping(run, landing.arrivals(), false);
    Table into = shaping.into().table();
    Token token = output.token(run);
    String id = run.id().toString();
    RemoveRows gone =
        new RemoveRows(into, into, Expression.parse(where, into.schema()), token.sink(), id);
    CommitTable commit =
        CommitTable.of(
            catalog.config(), Change.of(output.ref(), Edit.Rewrite.of(into), token, List.of()));
    IngestFiles ingest =
        IngestFiles.into(landing.groups(stages.engine().workers()), into, token.sink(), id);
    apply(run, pipeline, landing, ingest, commit, shaping, false, gone, total -> {});
  }

  private void upsert(Run run, Landing landing, Pipeline pipeline) {
    if (landing.stepped()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot upsert " + table.name() + ": its rows would not go through its transforms.",
          "leave out java, or the upsert; both together are not supported yet.");
    }
    Workspace workspace = stages.workspace();
    Shaping shaping = shaping(run, landing.arrivals(), false);
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
                scratch(run),
                UpsertSpec.shards(landing.sources().rows(), stages.engine().workers()))
            .deleting(table.write().delete());
    CommitTable commit =
        CommitTable.of(
            workspace.catalog(output.ref()).config(),
            Change.of(output.ref(), Edit.Rewrite.of(base), token, List.of()));
    apply(
        run,
        pipeline,
        landing,
        IngestFiles.upsert(landing.groups(stages.engine().workers()), spec),
        commit,
        shaping,
        false,
        null,
        total -> {});
  }

  /**
   * Renames columns of a table whose rows stay.
   *
   * @param files all that the table holds
   * @param says what the table's snapshot says of them
   * @return whether that is all there is to do
   */
  boolean columns(
      Run run, Collection<SourceFile> files, Function<Table, Map<String, String>> says) {
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    List<Arrival> arrivals =
        Sources.of(store().io(), List.copyOf(files), format(), known()).arrivals();
    Shaping now = shaping(run, arrivals, false);
    Shaping renamed = shaping(run, List.of(), false);
    if (now.letters() || !now.evolution().changes().equals(renamed.evolution().changes())) {
      return false;
    }
    if (renamed.into().shape() != null) {
      new Committer(catalog)
          .commit(
              Change.append(output.ref(), output.token(run), List.of())
                  .shape(renamed.into().shape())
                  .summary(output.summary(run))
                  .summary(renamed.summary())
                  .summary(says.apply(catalog.load(output.ref()))),
              Table::newFastAppend);
    }
    return true;
  }

  private Shaping shaping(Run run, List<Arrival> arrivals, boolean all) {
    return Shaping.of(
        stages.workspace().catalog(output.ref()),
        output.ref(),
        table,
        output.settings(),
        arrivals,
        run,
        all);
  }

  /**
   * With the columns, the contract and the letters.
   *
   * @param replaced whether all rows are
   * @param gone the rows that others take the place of, where workers look for them
   * @param look a last look at the counts
   */
  private void apply(
      Run run,
      Pipeline pipeline,
      Landing landing,
      IngestFiles into,
      CommitTable with,
      Shaping shaping,
      boolean replaced,
      @Nullable RemoveRows gone,
      CommitTable.Check look) {
    Distribution meet =
        Distribution.of(
            shaping.into().table(),
            scratch(run),
            landing.sources().rows(),
            stages.engine().workers());
    SourceFormat format = landing.sources().format();
    String id = run.id().toString();
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
    IngestFiles ingest =
        into.from(store().io())
            .fitting(shaping.fits(), null)
            .meeting(meet)
            .format(format, Letters.undecoded(id, at));
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    CommitTable commit =
        with.shape(shaping.into().shape())
            .summary(output.summary(run))
            .summary(shaping.summary())
            .summary(landing.says().apply(catalog.load(output.ref())))
            .summary(landing.upon().summary())
            .upon(landing.upon())
            .check(new Unchanged(store().io(), landing.sources().files()));
    TableRef lettersRef = Letters.of(output.ref());
    IngestRules rules = new IngestRules(stages.project(), table);
    Optional<Contract> contract = rules.contract();
    TableRules own = TableRules.of(shaping.into().table(), table.write().key());
    if ((format.kind().isText() || !own.isEmpty()) && contract.isEmpty()) {
      // A contract that only a run without a single good row breaks.
      contract = Optional.of(Contract.NONE);
    }
    if (contract.isPresent() || shaping.letters()) {
      Table letters = output.letters(run);
      commit = commit.letters(lettersRef);
      ingest = ingest.fitting(shaping.fits(), letters);
      if (contract.isPresent()) {
        ingest = ingest.checked(rules.check(contract.get(), own, id, at), letters);
      }
      Limits limits = contract.map(Limits::of).map(table.limits()::and).orElse(table.limits());
      commit = commit.check(limits.check(table.name(), letters));
      ingest = ingest.watched(limits.watch(table.name()));
    } else if (replaced && catalog.find(lettersRef).isPresent()) {
      // Without a contract there are no letters any more.
      commit = commit.letters(lettersRef);
    }
    commit = commit.check(look);
    PCollection<Written> written = pipeline.apply("ingest", ingest);
    if (gone != null) {
      PCollection<Written> without = pipeline.apply("ingest overwrite", gone);
      written =
          PCollectionList.of(written).and(without).apply("ingest both", Flatten.pCollections());
    }
    written.apply("ingest commit", commit);
  }

  /** Where rows that meet wait for each other; gone after the run. */
  private Spill scratch(Run run) {
    Workspace workspace = stages.workspace();
    return Spill.in(
        workspace.scratch(run.id()).toUri().toString(), workspace.catalog(output.ref()).io());
  }
}
