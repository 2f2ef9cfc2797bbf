package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.table.LaterLetters;
import dev.headwater.validate.Letters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A topic, the table it goes into, and whether the two agree. */
final class Ledger {
  static final String SINK = "ledger";
  private final KafkaBroker broker;
  final Topic topic;
  final CatalogConfig config;
  final TableRef ref;
  final List<String> sent = new ArrayList<>();
  private int filtered;
  private int lost;

  Ledger(KafkaBroker broker, Path folder, String name, int partitions) {
    this.broker = broker;
    this.topic = Topic.of(broker.servers(), name);
    this.config = CatalogConfig.embedded(folder);
    this.ref = TableRef.of("test", name);
    broker.create(name, partitions, Map.of());
    try (TableCatalog catalog = TableCatalog.open(config)) {
      create(catalog, ref, TextDecoder.SCHEMA);
      create(catalog, Letters.of(ref), Letters.SCHEMA);
    }
  }

  private static void create(TableCatalog catalog, TableRef ref, Schema schema) {
    catalog.create(ref, schema, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
  }

  IngestSpec spec(String run) {
    return IngestSpec.of(config, topic, new TextDecoder.Texts(), ref, SINK, run, 0);
  }

  TableOffsets offsets() {
    return new TableOffsets(config, ref, SINK);
  }

  /** Records to a partition, one in ten bad, one in eleven nothing. */
  void send(int partition, int count) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = sent.size() + filtered;
      String text = number % 10 == 3 ? "bad " + number : "" + number;
      byte[] value = text.getBytes(StandardCharsets.UTF_8);
      if (number % 11 == 5) {
        filtered++;
        value = null;
      } else {
        sent.add(partition + " " + text);
      }
      records.add(new ProducerRecord<>(topic.name(), partition, null, value));
    }
    broker.send(records);
  }

  /** As if the job had died before the newest commit's letters came to their table. */
  void loseLetters() {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table letters = catalog.load(Letters.of(ref));
      Snapshot newest = letters.currentSnapshot();
      Snapshot rows = catalog.load(ref).currentSnapshot();
      if (newest != null
          && newest.parentId() != null
          && run(newest, SINK + ".letters/").equals(run(rows, SINK + "/"))) {
        letters.manageSnapshots().rollbackTo(newest.parentId()).commit();
        lost++;
      }
    }
  }

  private static String run(Snapshot snapshot, String sink) {
    return snapshot.summary().getOrDefault(SummaryKeys.TOKEN, "").replace(sink, "");
  }

  /** How often they were lost. */
  int lost() {
    return lost;
  }

  /** Table and letters hold what was sent, each once; the summaries' counts and ranges agree. */
  void agrees() throws Exception {
    List<String> there = new ArrayList<>();
    Set<String> places = new HashSet<>();
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table = catalog.load(ref);
      new LaterLetters(ref, Letters.of(ref)).finish(catalog, table);
      read(
          table,
          row -> {
            assertThat(places.add(row.getField("partition") + ":" + row.getField("offset")))
                .as("no offset twice")
                .isTrue();
            there.add(row.getField("partition") + " " + row.getField("text"));
          });
      read(
          catalog.load(Letters.of(ref)),
          row -> {
            assertThat(places.add(row.getField("partition") + ":" + row.getField("position")))
                .as("no letter's offset twice")
                .isTrue();
            assertThat(row.getField("source")).isEqualTo(topic.name());
            there.add(
                row.getField("partition")
                    + " "
                    + StandardCharsets.UTF_8.decode((java.nio.ByteBuffer) row.getField("raw")));
          });
      sums(table, there.size());
    }
    assertThat(there).containsExactlyInAnyOrderElementsOf(sent);
  }

  private void sums(Table table, int rows) {
    long in = 0;
    long kept = 0;
    long left = 0;
    List<OffsetRanges> ranges = new ArrayList<>();
    for (Snapshot snapshot : History.of(table)) {
      Map<String, String> says = snapshot.summary();
      if (!says.containsKey(Progress.KEY)) {
        continue;
      }
      long own = Long.parseLong(says.get(SummaryKeys.ROWS_IN));
      in += own;
      kept +=
          Long.parseLong(says.get(SummaryKeys.ROWS_KEPT))
              + Long.parseLong(says.get(SummaryKeys.ROWS_LETTERS));
      left += Long.parseLong(says.get(SummaryKeys.ROWS_FILTERED));
      ranges.add(Progress.read(says.get(Progress.KEY)).ranges());
    }
    assertThat(in).isEqualTo(sent.size() + (long) filtered);
    assertThat(kept).isEqualTo(rows);
    assertThat(left).isEqualTo(filtered);
    OffsetRanges all = ranges.stream().reduce(OffsetRanges.NONE, OffsetRanges::and);
    Progress now = Progress.of(table, SINK).orElseThrow();
    assertThat(all.all())
        .as("one range a partition, from the beginning to where it says")
        .isEqualTo(
            now.next().all().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> new OffsetRanges.Range(e.getKey(), 0, e.getValue()))
                .toList());
  }

  private interface See {
    void row(Record row);
  }

  private static void read(Table table, See see) throws Exception {
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      rows.forEach(see::row);
    }
  }
}
