package peers;

import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.beam.sdk.managed.Managed;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.Row;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Types;

/** Beam: ParquetIO -> Managed Iceberg. args: empty|w1 Direct|Flink [rows: 3000000 or 12000000] [reps] */
public final class BeamPeer {
    static final Schema ROW = Schema.builder().addLogicalTypeField("date", SqlTypes.DATETIME).addInt64Field("delay").addInt64Field("distance")
            .addStringField("origin").addStringField("destination").build();

    public static void main(String[] a) throws Exception {
        String runner = a[1];
        if (a[0].equals("empty")) {
            long t0 = System.nanoTime();
            Pipeline p = Pipeline.create(options(runner));
            p.apply(Create.of(1));
            p.run().waitUntilFinish();
            System.out.printf("RESULT\tempty.beam.%s\t%.3f%n", runner, (System.nanoTime() - t0) / 1e9);
            System.exit(0);
        }
        long rows = a.length > 2 ? Long.parseLong(a[2]) : 12_000_000;
        String src = rows == 12_000_000 ? Meter.DIR12 + "/*.parquet" : Meter.FLIGHTS;
        Meter.run("w1.beam." + runner, rows, Meter.reps(a, 3, 1), () -> append(runner, src));
        System.exit(0);
    }

    static PipelineOptions options(String runner) {
        return PipelineOptionsFactory.fromArgs(runner.equals("Direct") ? new String[] {"--runner=DirectRunner", "--targetParallelism=2",
                "--enforceImmutability=false", "--enforceEncodability=false"}
                : new String[] {"--runner=FlinkRunner", "--flinkMaster=[local]", "--parallelism=2", "--objectReuse=" + Boolean.getBoolean("reuse"),
                    "--attachedMode=true", "--reIterableGroupByKeyResult=true"}).create();
    }

    static String append(String runner, String src) throws Exception {
        String wh = Meter.TMP + "/beam-wh";
        Meter.delete(wh);
        try (HadoopCatalog cat = new HadoopCatalog(new Configuration(), wh)) {
            TableIdentifier id = TableIdentifier.of("db", "t");
            cat.createTable(id, new org.apache.iceberg.Schema(
                    Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()), Types.NestedField.optional(2, "delay", Types.LongType.get()),
                    Types.NestedField.optional(3, "distance", Types.LongType.get()), Types.NestedField.optional(4, "origin", Types.StringType.get()),
                    Types.NestedField.optional(5, "destination", Types.StringType.get())), PartitionSpec.unpartitioned(),
                    Map.of("format-version", "2", "write.parquet.compression-codec", "zstd"));
            Pipeline p = Pipeline.create(options(runner));
            p.apply(ParquetIO.parseGenericRecords(new ToRow()).from(src).withCoder(org.apache.beam.sdk.coders.RowCoder.of(ROW)))
                    .setRowSchema(ROW)
                    .apply(Managed.write(Managed.ICEBERG).withConfig(Map.of("table", "db.t", "catalog_name", "c",
                            "catalog_properties", Map.of("type", "hadoop", "warehouse", wh))));
            p.run().waitUntilFinish();
            return cat.loadTable(id).currentSnapshot().summary().get("total-records");
        }
    }

    static final class ToRow implements org.apache.beam.sdk.transforms.SerializableFunction<GenericRecord, Row> {
        @Override
        public Row apply(GenericRecord r) {
            long us = (Long) r.get("date");
            return Row.withSchema(ROW).addValues(java.time.LocalDateTime.ofEpochSecond(Math.floorDiv(us, 1_000_000L),
                    (int) Math.floorMod(us, 1_000_000L) * 1000, java.time.ZoneOffset.UTC), r.get("delay"), r.get("distance"),
                    r.get("origin").toString(), r.get("destination").toString()).build();
        }
    }
}
