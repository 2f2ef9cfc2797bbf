package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.TopicWriter;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.Spill;
import dev.headwater.validate.RowJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows into a Kafka topic, in the order of their event time and at a multiple of its pace: JSON,
 * with the event time as the records' timestamp. At least once; bounded memory.
 */
final class Play {
  private final Stages stages;
  private final PlaySpec spec;

  Play(Stages stages, PlaySpec spec) {
    this.stages = stages;
    this.spec = spec;
  }

  Answer into(PlaySpec.Watch watch) {
    PlaySource source = PlaySource.of(stages, spec.target());
    Schema schema = source.schema();
    int time = time(schema);
    int key = spec.key() == null ? -1 : column(schema, spec.key(), "key");
    Topic topic = new Topic(spec.servers(), spec.topic(), spec.properties());
    UUID id = UUID.randomUUID();
    String scratch = stages.workspace().scratch(id).toUri().toString();
    long began = System.nanoTime();
    try (TopicWriter out = TopicWriter.open(topic, spec.partitions(), oldest())) {
      PlayRows rows =
          new PlayRows(
              time,
              micros(spec.from(), Long.MIN_VALUE),
              micros(spec.to(), Long.MAX_VALUE),
              Spill.in(scratch, stages.workspace().catalog().io()));
      source.read(rows::accept);
      try (RunCursor cursor = rows.inOrder()) {
        play(cursor, time, key, rows.rows(), out, watch);
      }
      return answer(rows, (System.nanoTime() - began) / 1e9);
    } finally {
      Workspace.delete(stages.workspace().scratch(id));
    }
  }

  private Instant oldest() {
    return spec.from() == null ? Instant.EPOCH : spec.from();
  }

  private void play(
      RunCursor rows, int time, int key, long of, TopicWriter out, PlaySpec.Watch watch) {
    long began = System.nanoTime();
    long first = 0;
    long played = 0;
    while (rows.next()) {
      RowBatch batch = rows.batch();
      long at = ((LongColumn) batch.column(time)).values()[rows.row()];
      if (played == 0) {
        first = at;
      }
      if (spec.speed() > 0) {
        await(began + (long) ((at - first) * 1_000.0 / spec.speed()));
      }
      out.send(
          key < 0 ? null : text(batch, key, rows.row()),
          RowJson.row(batch, rows.row()).getBytes(StandardCharsets.UTF_8),
          Math.floorDiv(at, 1_000));
      watch.at(++played, of, Instant.EPOCH.plus(at, ChronoUnit.MICROS));
    }
    out.flush();
  }

  private static void await(long nanos) {
    try {
      long wait = nanos - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadwaterException(
          HeadwaterException.Kind.FAILED,
          "Playing was interrupted.",
          "play again with --from the time it had come to.",
          e);
    }
  }

  private static byte @Nullable [] text(RowBatch batch, int column, int row) {
    Type type = batch.schema().columns().get(column).type();
    String text = RowJson.text(Values.of(batch.column(column), type, row), type);
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private int time(Schema schema) {
    String name = spec.target().name();
    @Nullable TableDecl table = stages.project().tables().get(name);
    @Nullable SourceDecl source = stages.project().sources().get(name);
    @Nullable String declared =
        table != null ? table.time() : source != null ? source.time() : null;
    @Nullable String column = spec.time() == null ? declared : spec.time();
    if (column == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot play " + name + ": it declares no time column.",
          "name one: --time COLUMN.");
    }
    int index = column(schema, column, "time");
    Type type = schema.columns().get(index).type();
    if (type.typeId() != Type.TypeID.TIMESTAMP) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot play " + name + " by " + column + ": it is " + type + ", not a timestamp.",
          "name another column: --time COLUMN.");
    }
    return index;
  }

  private int column(Schema schema, String name, String option) {
    List<Types.NestedField> fields = schema.columns();
    return IntStream.range(0, fields.size())
        .filter(i -> fields.get(i).name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new HeadwaterException(
                    HeadwaterException.Kind.USAGE,
                    "Cannot play " + spec.target().name() + ": it has no column " + name + ".",
                    "name one of "
                        + String.join(", ", fields.stream().map(f -> f.name()).toList())
                        + ": --"
                        + option
                        + " COLUMN."));
  }

  private static long micros(@Nullable Instant time, long otherwise) {
    return time == null ? otherwise : ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private Answer answer(PlayRows rows, double seconds) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("target", spec.target().toString());
    data.put("servers", spec.servers());
    data.put("topic", spec.topic());
    data.put("rows", rows.rows());
    data.put("without_time", rows.untimed());
    data.put("seconds", seconds);
    String untimed =
        rows.untimed() == 0
            ? ""
            : ", " + Stages.grouped(rows.untimed()) + " without a time left out";
    return Answer.of(
        data,
        new Answer.Block.Line(
            String.format(
                java.util.Locale.ROOT,
                "%s rows of %s played into topic %s of %s in %.1f s%s",
                Stages.grouped(rows.rows()),
                spec.target().name(),
                spec.topic(),
                spec.servers(),
                seconds,
                untimed)));
  }
}
