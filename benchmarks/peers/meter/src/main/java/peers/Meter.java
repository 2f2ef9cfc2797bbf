package peers;

import java.io.FileWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;

/** Runs a piece of work a few times in one process; prints wall, process CPU, rates and peak RSS of each repetition. */
public final class Meter {
    /** Where everything is written: -Dbench.work, or work/ where the process was started. */
    public static final String ROOT = System.getProperty("bench.work", java.nio.file.Path.of("work").toAbsolutePath().toString());
    /** The 3,000,000 flights. */
    public static final String FLIGHTS = System.getProperty("bench.flights", "flights-3m.parquet");
    /** The same file four times. */
    public static final String DIR12 = ROOT + "/f12m";
    public static final String FEATS = ROOT + "/hourly.parquet";
    /** Iceberg table of 12M rows (Hadoop catalog), written by the plain W1. */
    public static final String WH = ROOT + "/wh";
    public static final String TMP = ROOT + "/tmp";

    private Meter() {}

    public static int reps(String[] args, int at, int dflt) {
        return args.length > at ? Integer.parseInt(args[at]) : dflt;
    }

    public static void run(String name, long rows, int reps, Callable<String> work) throws Exception {
        for (int r = 1; r <= reps; r++) {
            long c0 = cpu(), t0 = System.nanoTime();
            String check = work.call();
            double wall = (System.nanoTime() - t0) / 1e9, cpu = (cpu() - c0) / 1e9;
            String line = String.format("%s\t%d\t%d\t%.3f\t%.2f\t%.0f\t%.0f\t%d\t%s", name, r, rows, wall, cpu,
                    rows / wall, rows / cpu, hwmMb(), check);
            System.out.println("RESULT\t" + line);
            try (FileWriter w = new FileWriter(ROOT + "/results.tsv", true)) {
                w.write(line + "\n");
            }
        }
    }

    public static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory
                .getOperatingSystemMXBean()).getProcessCpuTime();
    }

    public static long hwmMb() throws Exception {
        for (String l : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (l.startsWith("VmHWM")) return Long.parseLong(l.replaceAll("\\D", "")) / 1024;
        }
        return -1;
    }

    public static void delete(String dir) throws Exception {
        Path p = Path.of(dir);
        if (!Files.exists(p)) return;
        try (var s = Files.walk(p)) {
            for (Path x : s.sorted(Comparator.reverseOrder()).toList()) Files.delete(x);
        }
    }
}
