package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Partition;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.CommitTable;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Letters;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Source files -> checked against the contract -> the table and its letters, in one commit: files
 * that are new are appended; where a file or the declaration changed, everything is replaced.
 */
final class IngestJob implements Job {
  private static final String VERSION = "1";

  /** The fact that tells how many rows went into the user's transforms. */
  private static final String ROWS_READ = SummaryKeys.FACT + "rows_read";

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final TableOutput output;
  private @Nullable String declaration;

  IngestJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.output = new TableOutput(stages.workspace(), target);
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
    return files().values().stream().map(f -> new Edge("file", name(f), f.sha256())).toList();
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
    Workspace workspace = stages.workspace();
    Landing landing = Landing.of(workspace.catalog().io(), pinned(run), landed(run), table);
    boolean append = landing.append();
    Sources sources = landing.sources();
    Token token = output.token(run);
    TableShape into = append ? grown(landing.made()) : shaped(landing.made());
    TableRef lettersRef = Letters.of(output.ref());
    Optional<Contract> contract = Contracts.of(stages.project(), table);

    IngestFiles ingest =
        IngestFiles.into(
            landing.groups(stages.engine().workers()),
            into.table(),
            token.sink(),
            run.id().toString());
    CommitTable commit =
        append
            ? CommitTable.append(workspace.catalog().config(), output.ref(), token)
            : CommitTable.replace(workspace.catalog().config(), output.ref(), token);
    commit = commit.shape(into.shape()).summary(output.summary(run));
    if (landing.stepped()) {
      ingest = ingest.through(landing.through(), landing.read());
      commit = commit.summary(Map.of(ROWS_READ, Long.toString(sources.rows())));
    }
    if (contract.isPresent()) {
      Contract rules = contract.get();
      TableShape letters =
          TableShape.exactly(
              workspace.catalog(), lettersRef, Letters.SCHEMA, PartitionSpec.unpartitioned());
      String id = run.id().toString();
      long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
      String name = table.name();
      ingest = ingest.checked(schema -> new ContractCheck(rules, schema, id, at), letters.table());
      commit =
          commit
              .letters(lettersRef, letters.shape())
              .check(all -> ContractCheck.limit(rules, name, all.in(), all.letters()));
    } else if (!append && workspace.catalog().find(lettersRef).isPresent()) {
      // Without a contract there are no letters any more.
      commit = commit.letters(lettersRef);
    }

    Pipeline pipeline = stages.pipeline(target);
    pipeline.apply("ingest", ingest).apply("ingest commit", commit);
    try {
      stages.run(pipeline, target, sources.rows(), watch);
    } catch (RuntimeException e) {
      throw UserSteps.blamed(table, e);
    }
    return output.find(run).map(this::made).orElseGet(this::nothing);
  }

  /** The files that the table holds already, where all it needs is the new ones. */
  private Set<Edge> landed(Run run) {
    Optional<Run> last =
        stages
            .workspace()
            .registry()
            .runs()
            .lastSucceeded(stages.project().name(), target.toString());
    if (last.isEmpty()
        || !last.get().stageVersion().equals(run.stageVersion())
        || !last.get().declaration().equals(run.declaration())
        || output.lost(last.get()).isPresent()) {
      return Set.of();
    }
    Set<Edge> before = new HashSet<>(last.get().inputs());
    Set<Edge> now = new HashSet<>(run.inputs());
    return now.containsAll(before) && now.size() > before.size() ? before : Set.of();
  }

  /** The run's files as they were when it began. */
  private Map<Edge, SourceFile> pinned(Run run) {
    Map<String, SourceFile> now = files();
    Map<Edge, SourceFile> out = new LinkedHashMap<>();
    for (Edge edge : run.inputs()) {
      SourceFile file = now.get(edge.name());
      if (file == null || !file.sha256().equals(edge.version())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot ingest " + edge.name() + ": it has changed since the run began.",
            "let whatever writes it finish, then run again.");
      }
      out.put(edge, file);
    }
    return out;
  }

  private Map<String, SourceFile> files() {
    SourceDecl source = Objects.requireNonNull(stages.project().sources().get(table.from()));
    Map<String, SourceFile> files = new LinkedHashMap<>();
    for (String path : source.paths()) {
      for (SourceFile file : SourceFiles.of(stages.project().origin().folder(), path)) {
        files.put(name(file), file);
      }
    }
    return files;
  }

  /** A file's name: from the project's folder where it lies below it. */
  private String name(SourceFile file) {
    Path path = Path.of(file.path());
    Path folder = stages.project().origin().folder();
    return path.startsWith(folder) ? folder.relativize(path).toString() : file.path();
  }

  private TableShape shaped(Schema schema) {
    if (table.time() != null && schema.findField(table.time()) == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot ingest "
              + table.name()
              + (table.steps().isEmpty() ? ": its files have" : ": what its transforms give has")
              + " no time column "
              + table.time()
              + ", only "
              + String.join(", ", schema.columns().stream().map(c -> c.name()).toList())
              + ".",
          "name one of these in tables." + table.name() + ".time.");
    }
    return TableShape.exactly(
        stages.workspace().catalog(),
        output.ref(),
        schema,
        Partition.spec(schema, table.partition()));
  }

  private TableShape grown(Schema schema) {
    return TableShape.atLeast(stages.workspace().catalog(), output.ref(), schema);
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
            + " letters",
        TableOutput.where(committed));
  }

  /** Files without a row leave the table as it is. */
  private Made nothing() {
    return new Made(List.of(stages.pin(table.name())), Map.of(), 0, "no rows", "");
  }
}
