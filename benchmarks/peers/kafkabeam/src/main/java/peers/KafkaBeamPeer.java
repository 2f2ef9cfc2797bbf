package peers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.managed.Managed;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.JsonToRow;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Beam's KafkaIO into IcebergIO on Flink [local], two slots, a commit each ten seconds. args: servers topic rows */
public final class KafkaBeamPeer {
    static final Schema ROW = Schema.builder().addInt64Field("id").addInt64Field("at").addStringField("name").addStringField("city")
            .addDoubleField("amount").addInt32Field("clicks").addBooleanField("active").addStringField("note").build();

    public static void main(String[] a) throws Exception {
        long rows = Long.parseLong(a[2]);
        String wh = Meter.TMP + "/kafka-beam-wh";
        Meter.delete(wh);
        HadoopCatalog cat = new HadoopCatalog(new Configuration(), wh);
        Table table = cat.createTable(TableIdentifier.of("db", "t"), new org.apache.iceberg.Schema(
                Types.NestedField.optional(1, "id", Types.LongType.get()), Types.NestedField.optional(2, "at", Types.LongType.get()),
                Types.NestedField.optional(3, "name", Types.StringType.get()), Types.NestedField.optional(4, "city", Types.StringType.get()),
                Types.NestedField.optional(5, "amount", Types.DoubleType.get()), Types.NestedField.optional(6, "clicks", Types.IntegerType.get()),
                Types.NestedField.optional(7, "active", Types.BooleanType.get()), Types.NestedField.optional(8, "note", Types.StringType.get())),
                PartitionSpec.unpartitioned(), Map.of("format-version", "2", "write.parquet.compression-codec", "zstd"));
        Pipeline p = Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=FlinkRunner", "--flinkMaster=[local]", "--parallelism=2",
                "--streaming=true", "--checkpointingInterval=10000", "--checkpointingMode=EXACTLY_ONCE", "--objectReuse=true", "--fasterCopy=true",
                "--finishBundleBeforeCheckpointing=true", "--reIterableGroupByKeyResult=true", "--attachedMode=true",
                "--experiments=use_deprecated_read", "--shutdownSourcesAfterIdleMs=9223372036854775807").create());
        p.apply(KafkaIO.<byte[], byte[]>read().withBootstrapServers(a[0]).withTopic(a[1]).withKeyDeserializer(ByteArrayDeserializer.class)
                .withValueDeserializer(ByteArrayDeserializer.class).withConsumerConfigUpdates(Map.of("auto.offset.reset", "earliest")).withoutMetadata())
                .apply(Values.create())
                .apply(MapElements.into(TypeDescriptors.strings()).via(v -> new String(v, StandardCharsets.UTF_8)))
                .apply(JsonToRow.withSchema(ROW))
                .apply(Managed.write(Managed.ICEBERG).withConfig(Map.of("table", "db.t", "catalog_name", "c", "triggering_frequency_seconds", 10,
                        "catalog_properties", Map.of("type", "hadoop", "warehouse", wh))));
        long c0 = Meter.cpu(), t0 = System.nanoTime();
        Thread job = new Thread(() -> {
            try {
                System.err.println("The job ended: " + p.run().waitUntilFinish());
            } catch (Throwable e) {
                e.printStackTrace();
                System.err.flush();
                Runtime.getRuntime().halt(1);
            }
        });
        job.setDaemon(true);
        job.start();
        long until = System.nanoTime() + 580_000_000_000L;
        while (total(table) < rows) {
            if (System.nanoTime() > until) break;
            Thread.sleep(500);
            table.refresh();
        }
        double wall = (System.nanoTime() - t0) / 1e9, cpu = (Meter.cpu() - c0) / 1e9;
        List<String> commits = new ArrayList<>();
        for (Snapshot s : table.snapshots()) {
            commits.add(String.format("%.3f:%s", s.timestampMillis() / 1e3, s.summary().getOrDefault("added-records", "0")));
        }
        System.out.printf("RESULT\tkafka.beam\t1\t%d\t%.3f\t%.2f\t%s%n", total(table), wall, cpu, String.join(" ", commits));
        System.exit(total(table) == 0 ? 1 : 0);
    }

    static long total(Table table) {
        Snapshot s = table.currentSnapshot();
        return s == null ? 0 : Long.parseLong(s.summary().get("total-records"));
    }
}
