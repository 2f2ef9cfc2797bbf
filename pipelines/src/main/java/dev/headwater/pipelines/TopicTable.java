package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.Progress;
import dev.headwater.kafka.Start;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.RecordDecoder;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.Route;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Window;
import dev.headwater.table.Routes;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import dev.headwater.upsert.TakeWindows;
import dev.headwater.upsert.UpsertStream;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Limits;
import dev.headwater.validate.SchemaFit;
import dev.headwater.validate.TableRules;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** A table that is filled from a topic: how far the topic is in it, and how records become rows. */
final class TopicTable {
  /** How long brokers may take to answer somebody who waits. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The parameter of a run that holds the name of what it read. */
  static final String SOURCE = "source";

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final KafkaDecl kafka;
  private final TableOutput output;

  TopicTable(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.kafka = stages.project().topic(table).orElseThrow();
    this.output = new TableOutput(stages.workspace(), target);
  }

  TableDecl table() {
    return table;
  }

  KafkaDecl kafka() {
    return kafka;
  }

  TableOutput output() {
    return output;
  }

  Topic topic() {
    return new Topic(kafka.servers(), kafka.topic(), kafka.properties());
  }

  /**
   * The stable name of what writes. A source of another name is read from its own beginning, beside
   * what is there of the old one.
   */
  String sink() {
    return target.kind().stage() + "." + table.name() + "." + table.from();
  }

  /** What the table says of the topic; empty before the first commit. */
  Optional<Progress> progress() {
    return stored().flatMap(there -> Progress.of(there, sink()));
  }

  /** How much of the topic the table lacks. */
  TopicReach reach() {
    return TopicReach.of(topic(), PATIENCE, progress().orElse(null), start());
  }

  /**
   * Where to begin what the table knows nothing of: where an earlier run has looked, if one has.
   */
  Start start() {
    Optional<Edge> before =
        stages
            .workspace()
            .registry()
            .runs()
            .lastSucceeded(stages.project().name(), target.toString())
            .stream()
            .filter(run -> table.from().equals(run.parameters().get(SOURCE)))
            .flatMap(run -> run.inputs().stream())
            .filter(edge -> edge.kind().equals(TopicEdge.KIND) && edge.name().equals(name()))
            .filter(edge -> !edge.version().isEmpty())
            .findFirst();
    if (before.isPresent() && stored().isPresent()) {
      return new Start.At(TopicEdge.offsets(before.get()));
    }
    return kafka
        .since()
        .<Start>map(Start.Time::new)
        .orElse(kafka.fromEnd() ? new Start.End() : new Start.Beginning());
  }

  private String name() {
    return TopicEdge.name(kafka);
  }

  private Optional<Table> stored() {
    return stages.workspace().catalog(output.ref()).find(output.ref());
  }

  /** How records become rows; the table and its letters' have their columns then. */
  IngestSpec spec(Run run) {
    TableCatalog catalog = stages.workspace().catalog(output.ref());
    output.finishLater();
    TopicDecoders decoders =
        TopicDecoders.of(
            kafka,
            stages.project().origin().folder(),
            stored().map(Table::schema).map(table.schema()::withOldNames).orElse(null));
    RowFit.Factory fit = shape(run, catalog, decoders.schema());
    RecordDecoder.Factory plain = decoders.into(fit.read());
    RecordDecoder.Factory decoder =
        table.write().tombstones() ? Decoders.tombstones(plain, keyOfRecords()) : plain;
    String id = run.id().toString();
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
    IngestSpec spec =
        IngestSpec.of(catalog.config(), topic(), decoder, output.ref(), sink(), id, at)
            .fitting(fit)
            .summary(output.summary(run));
    Contract rules = new IngestRules(stages.project(), table).contract().orElse(Contract.NONE);
    TableRules own = TableRules.of(catalog.load(output.ref()), table.write().key());
    TableRules keys = new TableRules(table.write().key(), List.of());
    RowCheck.Factory going = schema -> new ContractCheck(Contract.NONE, keys, schema, id, at);
    spec =
        spec.checked(schema -> new ContractCheck(rules, own, schema, id, at), going)
            .limited(table.limits().and(Limits.of(rules)));
    Routes routes = routes(Token.ofRun(sink(), id, List.of()));
    if (routes != null) {
      return spec.routed(routes);
    }
    return switch (table.write().mode()) {
      case UPSERT -> keyed(spec);
      case OVERWRITE -> spec.overwriting(windows(catalog.load(output.ref())));
      default -> spec;
    };
  }

  /** Which rows of the table the topic's take the place of, where its write is an overwrite. */
  TakeWindows windows(Table into) {
    Window remember = table.write().remember();
    return TakeWindows.of(
        table.name(),
        into.schema(),
        Objects.requireNonNull(table.time()),
        switch (table.window().orElseThrow().transform()) {
          case YEAR -> CalendarWindows.years(1);
          case MONTH -> CalendarWindows.months(1);
          case DAY -> CalendarWindows.days(1);
          default -> FixedWindows.of(org.joda.time.Duration.standardHours(1));
        },
        remember == null
            ? org.joda.time.Duration.standardDays(1)
            : org.joda.time.Duration.millis(remember.micros() / 1_000));
  }

  /** The key's columns as the records call them. */
  private List<String> keyOfRecords() {
    Map<String, String> before = new HashMap<>();
    table.schema().rename().forEach((old, now) -> before.put(now, old));
    return table.write().key().stream().map(name -> before.getOrDefault(name, name)).toList();
  }

  /**
   * Where rows go by a column of theirs; null where all come to this table.
   *
   * @param token of what brings them
   */
  @Nullable Routes routes(Token token) {
    Route route = table.write().route();
    if (route == null) {
      return null;
    }
    CatalogConfig catalog = stages.workspace().catalog(output.ref()).config();
    Routes routes =
        Routes.by(catalog, output.ref().namespace(), route.by(), token)
            .prefixed(output.ref().name() + Route.JOINT)
            .schema(table.schema().orElse(SchemaPolicy.Else.STOP));
    return route.create()
        ? routes.creating(RoutedTables.of(table, stages.project().keep(table.name())))
        : routes;
  }

  private IngestSpec keyed(IngestSpec spec) {
    String delete = table.write().delete();
    IngestSpec removing = delete == null ? spec : spec.removing(delete);
    return removing.keyed(this::ordered, table.write().key().toArray(String[]::new));
  }

  private UpsertStream ordered(UpsertStream upsert) {
    String order = table.write().order();
    UpsertStream ordered = order == null ? upsert : upsert.order(order);
    boolean changes = kafka.format() == KafkaDecl.Format.DEBEZIUM || table.write().delete() != null;
    return changes ? ordered.deletes(Decoders.GONE) : ordered;
  }

  /** As the topic's rows come by their keys, of another sink. */
  UpsertStream keyed(Table into, String by, String run) {
    CatalogConfig catalog = stages.workspace().catalog(output.ref()).config();
    String[] key = table.write().key().toArray(String[]::new);
    return ordered(UpsertStream.to(catalog, output.ref(), into, by, run, key));
  }

  /**
   * The columns of the records, by the table's policy, in a commit of their own.
   *
   * @return how records become rows of it
   */
  private RowFit.Factory shape(Run run, TableCatalog catalog, Schema records) {
    Arrival arrival = Arrival.byRow("topic " + kafka.topic(), records);
    Shaping shaping =
        Shaping.of(catalog, output.ref(), table, output.settings(), List.of(arrival), run, false);
    Token token = Token.ofRun(sink() + ".columns", run.id().toString(), List.of());
    if (shaping.into().shape() != null) {
      new Committer(catalog)
          .commit(
              Change.append(output.ref(), token, List.of())
                  .shape(shaping.into().shape())
                  .summary(output.summary(run))
                  .summary(shaping.summary()),
              Table::newFastAppend);
    }
    output.letters(run);
    return SchemaFit.of(
        records,
        catalog.load(output.ref()).schema(),
        table.schema(),
        shaping.evolution().misfits(),
        run.id().toString(),
        ChronoUnit.MICROS.between(Instant.EPOCH, run.started()));
  }
}
