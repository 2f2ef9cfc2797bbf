package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.table.AppendStream;
import dev.headwater.table.StreamCommits;
import java.io.IOException;
import java.io.ObjectStreamClass;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.apache.flink.util.StringUtils;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a savepoint is read by: the ids of a job's operators, and the shapes of what waits in their
 * state. Where either has to change, streams of before can't go on from their savepoints: a release
 * says so then, and {@code headwater job resume --rebuild} begins where the table ends. {@link
 * StreamUpgradeIT} resumes a real one.
 */
final class StreamStateTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/headwater/runners");

  /** What waits in a state of each stream; records and what is in them. */
  private static final List<String> WAITING =
      List.of(
          "table.Arrived",
          "table.Routed",
          "table.FollowPlace",
          "table.FollowPlan$Piece",
          "upsert.Keyed",
          "upsert.WindowPart",
          "upsert.Ripe",
          "upsert.GatherWindows$Replaced",
          "upsert.DeleteStream$Sealed",
          "ingest.WatchFolder$Place",
          "ingest.Round$Piece",
          "ingest.Round$Part",
          "ingest.Round$Whole",
          "kafka.Ingested",
          "kafka.InOrder$Sealed");

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private AllStreams streams;

  @BeforeEach
  void create() throws IOException {
    streams = new AllStreams(folder);
    streams.create();
  }

  @Test
  void operatorsKeepTheirIds() throws IOException {
    StreamGraph graph =
        BuiltGraph.of(streams.pipeline(AllStreams.options(), Duration.standardSeconds(1)));
    TreeMap<String, String> ids = new TreeMap<>();
    new StreamGraphHasherV2()
        .traverseStreamGraphAndGenerateHashes(graph)
        .forEach(
            (node, hash) ->
                ids.put(
                    graph.getStreamNode(node).getOperatorName() + " #" + node,
                    StringUtils.byteToHexString(hash)));
    String lines =
        ids.entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey().replaceFirst(" #\\d+$", "") + "\n")
            .collect(Collectors.joining());
    same("stream-operators.txt", lines);
  }

  @Test
  void whatWaitsKeepsItsShape() throws Exception {
    TreeMap<String, String> shapes = new TreeMap<>();
    for (String name : WAITING) {
      shape(Class.forName("dev.headwater." + name), shapes);
    }
    same("stream-state.txt", String.join("", shapes.values()));
  }

  /** As Java's serialization knows it; lists, maps and what else is ours within it too. */
  private static void shape(Class<?> type, Map<String, String> shapes) throws Exception {
    if (!type.getName().startsWith("dev.headwater.") || shapes.containsKey(type.getName())) {
      return;
    }
    ObjectStreamClass form = ObjectStreamClass.lookup(type);
    StringBuilder lines = new StringBuilder(type.getName());
    shapes.put(type.getName(), "");
    if (form != null) {
      lines.append(' ').append(form.getSerialVersionUID());
      TreeSet<String> fields = new TreeSet<>();
      for (var field : form.getFields()) {
        fields.add("\n  " + field.getName() + " " + field.getType().getName());
        shape(field.getType(), shapes);
      }
      lines.append(String.join("", fields));
    }
    shapes.put(type.getName(), lines.append('\n').toString());
    if (type.isRecord()) {
      for (RecordComponent part : type.getRecordComponents()) {
        named(part.getGenericType(), shapes);
      }
    }
    if (type.isSealed()) {
      for (Class<?> one : type.getPermittedSubclasses()) {
        shape(one, shapes);
      }
    }
  }

  private static void named(Type type, Map<String, String> shapes) throws Exception {
    Matcher ours = Pattern.compile("dev\\.headwater\\.[\\w.$]+").matcher(type.getTypeName());
    while (ours.find()) {
      shape(Class.forName(ours.group()), shapes);
    }
  }

  private static void same(String golden, String now) throws IOException {
    Path file = GOLDEN.resolve(golden);
    if (Boolean.getBoolean("headwater.golden")) {
      Files.writeString(file, now);
    }
    assertThat(now)
        .as("Streams of before can't go on from their savepoints; see this test's comment.")
        .isEqualTo(Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--numConcurrentCheckpoints=31"})
  void aJobOfOnesOwnWithTooFewBuffersIsRefused(String option) {
    String[] all =
        ("--runner=FlinkRunner --flinkMaster=[auto] --streaming --checkpointingInterval=1000 "
                + "--checkpointingMode=EXACTLY_ONCE --attachedMode=false "
                + option)
            .strip()
            .split(" ");
    FlinkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(all).create().as(FlinkPipelineOptions.class);
    Pipeline pipeline = streams.pipeline(options, Duration.standardSeconds(1));
    assertThatThrownBy(() -> BuiltGraph.of(pipeline))
        .isInstanceOfSatisfying(
            HeadwaterException.class,
            e -> assertThat(e.kind()).isEqualTo(HeadwaterException.Kind.USAGE))
        .hasMessageContaining("Cannot run AppendStream with --numConcurrentCheckpoints=")
        .hasMessageContaining("may be written twice")
        .hasMessageContaining("Fix: run the pipeline with --numConcurrentCheckpoints=32");
    options.setNumConcurrentCheckpoints(StreamCommits.CHECKPOINTS);
    assertThat(BuiltGraph.of(pipeline).getStreamNodes()).isNotEmpty();
  }

  @Test
  void otherRunnersAreNotAsked() {
    try (TableCatalog catalog = streams.catalog()) {
      AppendStream.to(
              catalog.config(), AllStreams.APPENDED, catalog.load(AllStreams.APPENDED), "s", "r")
          .validate(
              PipelineOptionsFactory.fromArgs("--checkpointingInterval=1000")
                  .as(FlinkPipelineOptions.class));
    }
  }
}
