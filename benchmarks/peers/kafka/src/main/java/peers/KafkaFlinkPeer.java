package peers;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;

/** Flink's KafkaSource into its Iceberg sink, two slots, a commit each ten seconds. args: servers topic rows */
public final class KafkaFlinkPeer {
    static final String COLUMNS = "(id bigint, `at` bigint, name string, city string, amount double, clicks int, active boolean, note string)";

    public static void main(String[] a) throws Exception {
        long rows = Long.parseLong(a[2]);
        String wh = Meter.TMP + "/kafka-flink-wh";
        Meter.delete(wh);
        Configuration conf = new Configuration();
        conf.setString("taskmanager.numberOfTaskSlots", "2");
        conf.setString("taskmanager.memory.network.min", "64mb");
        conf.setString("taskmanager.memory.network.max", "64mb");
        conf.setString("taskmanager.memory.managed.size", "256mb");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, conf);
        env.enableCheckpointing(10_000);
        env.getConfig().enableObjectReuse();
        StreamTableEnvironment t = StreamTableEnvironment.create(env);
        t.executeSql("create catalog ice with ('type'='iceberg','catalog-type'='hadoop','warehouse'='file://" + wh + "')");
        t.executeSql("create database ice.db");
        t.executeSql("create table ice.db.t " + COLUMNS + " with ('format-version'='2','write.parquet.compression-codec'='zstd')");
        t.executeSql("create temporary table src " + COLUMNS + " with ('connector'='kafka','topic'='" + a[1]
                + "','properties.bootstrap.servers'='" + a[0] + "','scan.startup.mode'='earliest-offset','format'='json')");
        long c0 = Meter.cpu(), t0 = System.nanoTime();
        TableResult job = t.executeSql("insert into ice.db.t select * from src");
        try (HadoopCatalog cat = new HadoopCatalog(new org.apache.hadoop.conf.Configuration(), wh)) {
            Table table = cat.loadTable(TableIdentifier.of("db", "t"));
            long until = System.nanoTime() + 580_000_000_000L;
            while (total(table) < rows) {
                if (System.nanoTime() > until) throw new IllegalStateException("only " + total(table) + " rows in time");
                Thread.sleep(500);
                table.refresh();
            }
            report("kafka.flink", rows, t0, c0, table);
        }
        job.getJobClient().orElseThrow().cancel();
        System.exit(0);
    }

    static long total(Table table) {
        Snapshot s = table.currentSnapshot();
        return s == null ? 0 : Long.parseLong(s.summary().get("total-records"));
    }

    /** RESULT name 1 rows wall cpu, and every commit: seconds:rows. */
    static void report(String name, long rows, long t0, long c0, Table table) {
        double wall = (System.nanoTime() - t0) / 1e9, cpu = (Meter.cpu() - c0) / 1e9;
        List<String> commits = new ArrayList<>();
        for (Snapshot s : table.snapshots()) {
            commits.add(String.format("%.3f:%s", s.timestampMillis() / 1e3, s.summary().getOrDefault("added-records", "0")));
        }
        System.out.printf("RESULT\t%s\t1\t%d\t%.3f\t%.2f\t%s%n", name, rows, wall, cpu, String.join(" ", commits));
    }
}
