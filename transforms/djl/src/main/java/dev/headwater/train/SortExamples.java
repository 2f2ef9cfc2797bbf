package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.model.Digests;
import dev.headwater.model.TrainSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * All workers' rows in the order of the hash of their content, range by range: ties are identical
 * rows, so neither the order nor the digest depends on files, workers or runners.
 */
final class SortExamples {
  /** More distinct strings than these would not be categories. */
  private static final int MAX_CATEGORIES = 1_000_000;

  private final ExampleRecord layout;
  private final List<Examples> parts;
  private final List<List<String>> vocabularies = new ArrayList<>();

  /** For each part and input, the code in the vocabulary of each of the part's codes. */
  private final List<int[][]> recode = new ArrayList<>();

  private final MessageDigest digest = Digests.sha256();

  SortExamples(TrainSpec spec, List<Examples> parts) {
    this.layout = new ExampleRecord(spec.inputs().size());
    this.parts = parts;
    parts.forEach(part -> recode.add(new int[layout.inputs()][]));
    for (int i = 0; i < layout.inputs(); i++) {
      vocabularies.add(vocabulary(spec.inputs().get(i).name(), i));
    }
    for (int i = 0; i < layout.inputs(); i++) {
      say(spec.inputs().get(i).name());
      vocabularies.get(i).forEach(this::say);
    }
  }

  private void say(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private List<String> vocabulary(String name, int input) {
    TreeSet<String> all = new TreeSet<>();
    for (Examples part : parts) {
      if (!part.dictionaries().isEmpty()) {
        all.addAll(part.dictionaries().get(input));
      }
      if (all.size() > MAX_CATEGORIES) {
        throw new HeadwaterException(
            Kind.DATA,
            "Cannot use input " + name + ": it has over " + MAX_CATEGORIES + " distinct strings.",
            "leave it out, or write an expression with fewer values.");
      }
    }
    List<String> sorted = List.copyOf(all);
    for (int p = 0; p < parts.size(); p++) {
      List<String> own =
          parts.get(p).dictionaries().isEmpty()
              ? List.of()
              : parts.get(p).dictionaries().get(input);
      recode.get(p)[input] =
          own.stream().mapToInt(v -> Collections.binarySearch(sorted, v)).toArray();
    }
    return sorted;
  }

  /** The values of each input that is a category, ascending; its rows hold positions in it. */
  List<List<String>> vocabularies() {
    return vocabularies;
  }

  /** Sorts all rows into those that train and those that validate. */
  String into(SortedExamples train, SortedExamples holdout) throws IOException {
    int ranges = 0;
    for (Examples part : parts) {
      for (Examples.Chunk chunk : part.chunks()) {
        ranges = Math.max(ranges, chunk.range() + 1);
      }
    }
    for (int range = 0; range < ranges; range++) {
      byte[] rows = read(range);
      for (int at : order(rows)) {
        digest.update(rows, at + ExampleRecord.VALUES, layout.bytes() - ExampleRecord.VALUES);
        byte flags = rows[at + layout.flags()];
        SortedExamples to = (flags & ExampleRecord.HOLDOUT) == 0 ? train : holdout;
        to.add(rows, at + ExampleRecord.VALUES, (flags & ExampleRecord.LABEL) != 0);
      }
    }
    train.finish();
    holdout.finish();
    return Digests.hex(digest);
  }

  private byte[] read(int range) throws IOException {
    long rows = 0;
    for (Examples part : parts) {
      for (Examples.Chunk chunk : part.chunks()) {
        rows += chunk.range() == range ? chunk.rows() : 0;
      }
    }
    if (rows * layout.bytes() > Integer.MAX_VALUE - 16) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot train: " + rows + " rows fall into one range of hashes.",
          "most rows are identical; leave out those that repeat.");
    }
    ByteBuffer all = ByteBuffer.allocate((int) rows * layout.bytes());
    for (int p = 0; p < parts.size(); p++) {
      Examples part = parts.get(p);
      if (part.chunks().stream().anyMatch(c -> c.range() == range)) {
        try (FileChannel file = FileChannel.open(Path.of(part.path()), StandardOpenOption.READ)) {
          for (Examples.Chunk chunk : part.chunks()) {
            if (chunk.range() == range) {
              int from = all.position();
              read(file, chunk, all);
              recode(all, from, chunk.rows(), recode.get(p));
            }
          }
        }
      }
    }
    return all.array();
  }

  private void read(FileChannel file, Examples.Chunk chunk, ByteBuffer all) throws IOException {
    int end = all.position() + chunk.rows() * layout.bytes();
    long at = chunk.offset();
    all.limit(end);
    while (all.hasRemaining()) {
      int n = file.read(all, at);
      if (n < 0) {
        throw new IOException("a scratch file of training rows ends early");
      }
      at += n;
    }
    all.limit(all.capacity());
  }

  private void recode(ByteBuffer all, int from, int rows, int[][] codes) {
    for (int i = 0; i < codes.length; i++) {
      if (!vocabularies.get(i).isEmpty()) {
        for (int row = 0; row < rows; row++) {
          int at = from + row * layout.bytes() + ExampleRecord.VALUES + 8 * i;
          long code = all.getLong(at);
          if (code != ExampleRecord.NO_CATEGORY) {
            all.putLong(at, codes[i][(int) code]);
          }
        }
      }
    }
  }

  /** Where the rows begin, in the order of their hashes, then of their bytes. */
  private int[] order(byte[] rows) {
    int n = rows.length / layout.bytes();
    int low = 64 - Long.numberOfLeadingZeros(Math.max(1, n));
    ByteBuffer in = ByteBuffer.wrap(rows);
    long[] keys = new long[n];
    for (int row = 0; row < n; row++) {
      // The range shares its top 9 bits at most; what is cut off is compared below.
      long hash = in.getLong(row * layout.bytes()) ^ Long.MIN_VALUE;
      keys[row] = hash >> low << low | row;
    }
    Arrays.sort(keys);
    int[] out = new int[n];
    int begin = 0;
    for (int i = 0; i < n; i++) {
      out[i] = (int) (keys[i] & (1L << low) - 1) * layout.bytes();
      if (i + 1 == n || keys[i + 1] >> low != keys[i] >> low) {
        settle(rows, out, begin, i + 1);
        begin = i + 1;
      }
    }
    return out;
  }

  /** Orders the few rows whose leading bits of the hash are equal. */
  private void settle(byte[] rows, int[] out, int begin, int end) {
    if (end - begin > 1) {
      Integer[] some = Arrays.stream(out, begin, end).boxed().toArray(Integer[]::new);
      int width = layout.bytes();
      Arrays.sort(some, (a, b) -> Arrays.compareUnsigned(rows, a, a + width, rows, b, b + width));
      for (int i = begin; i < end; i++) {
        out[i] = some[i - begin];
      }
    }
  }
}
