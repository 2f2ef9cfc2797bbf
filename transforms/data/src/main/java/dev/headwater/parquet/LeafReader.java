package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.Columns;
import dev.headwater.parquet.ColumnDecoder.PageBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.jspecify.annotations.Nullable;

/**
 * A primitive column within lists, maps or structs, of one row group, page after page: its values
 * and, for each of them, how far its definition goes and where it repeats.
 */
final class LeafReader {
  private final ColumnDescriptor descriptor;
  private final PageReader pages;
  private final ColumnDecoder decoder;
  private final UnaryOperator<Column> conversion;
  private final PageValues values;
  private final int least;

  private int[] pageDefinitions = new int[0];
  private int[] pageRepetitions = new int[0];
  private @Nullable Column pageSlots;

  /** Entries of the page, those that were read, and the slots of the latter. */
  private int entries;

  private int at;
  private int slotsBefore;

  /** Rows that have begun, counted from the row group's first. */
  private long begun;

  private int[] definitions = new int[0];
  private int[] repetitions = new int[0];
  private int count;

  /**
   * A reader of one chunk.
   *
   * @param least the definition level from which on an entry has a slot in the column: that of the
   *     innermost list or map around it, 0 without one
   */
  LeafReader(
      ColumnDescriptor descriptor, PageReader pages, UnaryOperator<Column> conversion, int least)
      throws IOException {
    this.descriptor = descriptor;
    this.pages = pages;
    this.decoder = ColumnDecoder.of(descriptor);
    this.conversion = conversion;
    this.least = least;
    DictionaryPage page = pages.readDictionaryPage();
    if (page != null) {
      decoder.dictionary(page);
    }
    this.values = new PageValues(descriptor, page != null);
  }

  /** Reads the entries of the next rows; the slots of them. */
  Column read(int rows) throws IOException {
    count = 0;
    List<Column> parts = new ArrayList<>(2);
    for (int left = rows; ; ) {
      if (at == entries && !nextPage(left > 0)) {
        break;
      }
      int from = at;
      int slotsFrom = slotsBefore;
      while (at < entries && (pageRepetitions[at] > 0 || left > 0)) {
        if (pageRepetitions[at] == 0) {
          left--;
          begun++;
        }
        if (pageDefinitions[at] >= least) {
          slotsBefore++;
        }
        at++;
      }
      keep(from);
      if (pageSlots != null && (slotsBefore > slotsFrom || parts.isEmpty())) {
        parts.add(pageSlots.slice(slotsFrom, slotsBefore));
      }
      if (at < entries) {
        break;
      }
    }
    return Columns.concat(parts);
  }

  private void keep(int from) {
    int n = at - from;
    if (count + n > definitions.length) {
      definitions = Arrays.copyOf(definitions, Math.max(count + n, 2 * definitions.length));
      repetitions = Arrays.copyOf(repetitions, definitions.length);
    }
    System.arraycopy(pageDefinitions, from, definitions, count, n);
    System.arraycopy(pageRepetitions, from, repetitions, count, n);
    count += n;
  }

  /** How many entries were read last. */
  int count() {
    return count;
  }

  int[] definitions() {
    return definitions;
  }

  int[] repetitions() {
    return repetitions;
  }

  void skipTo(long row) throws IOException {
    while (begun < row) {
      if (at == entries) {
        nextPage(true);
        continue;
      }
      while (at < entries && (pageRepetitions[at] > 0 || begun < row)) {
        begun += pageRepetitions[at] == 0 ? 1 : 0;
        slotsBefore += pageDefinitions[at] >= least ? 1 : 0;
        at++;
      }
    }
  }

  /** Whether there was one. A row may go on in the next page. */
  private boolean nextPage(boolean needed) throws IOException {
    DataPage page = pages.readPage();
    if (page == null) {
      if (needed) {
        throw new IllegalArgumentException("its pages hold fewer rows than the row group has");
      }
      return false;
    }
    if (page.getValueCount() < 0) {
      throw new IllegalArgumentException("a page of " + page.getValueCount() + " values");
    }
    entries = page.getValueCount();
    at = 0;
    slotsBefore = 0;
    begun = page.getFirstRowIndex().orElse(begun);
    if (page instanceof DataPageV2 v2) {
      PageBytes repetitionBytes = PageBytes.of(v2.getRepetitionLevels());
      PageBytes definitionBytes = PageBytes.of(v2.getDefinitionLevels());
      pageRepetitions = levels(repetitionBytes, descriptor.getMaxRepetitionLevel());
      pageDefinitions = levels(definitionBytes, descriptor.getMaxDefinitionLevel());
      values.begin(v2.getDataEncoding(), PageBytes.of(v2.getData()), entries);
    } else {
      DataPageV1 v1 = (DataPageV1) page;
      PageBytes in = PageBytes.of(v1.getBytes());
      pageRepetitions = levels(in, descriptor.getMaxRepetitionLevel(), v1.getRlEncoding());
      pageDefinitions = levels(in, descriptor.getMaxDefinitionLevel(), v1.getDlEncoding());
      values.begin(v1.getValueEncoding(), in, entries);
    }
    decode();
    return true;
  }

  private int[] levels(PageBytes in, int max, Encoding encoding) {
    if (max == 0) {
      return new int[entries];
    }
    if (encoding != Encoding.RLE) {
      throw new IllegalArgumentException("levels encoded as " + encoding);
    }
    int length = in.takeInt();
    int from = in.take(length);
    return levels(new PageBytes(in.bytes, from, from + length), max);
  }

  private int[] levels(PageBytes in, int max) {
    int[] out = new int[entries];
    if (max > 0) {
      int width = 32 - Integer.numberOfLeadingZeros(max);
      new HybridDecoder(in.bytes, in.pos, in.end, width).read(out, 0, entries);
    }
    return out;
  }

  private void decode() {
    int max = descriptor.getMaxDefinitionLevel();
    int slots = 0;
    int present = 0;
    for (int i = 0; i < entries; i++) {
      slots += pageDefinitions[i] >= least ? 1 : 0;
      present += pageDefinitions[i] == max ? 1 : 0;
    }
    long @Nullable [] nulls = null;
    if (present < slots) {
      nulls = new long[Bits.words(slots)];
      int slot = 0;
      for (int i = 0; i < entries; i++) {
        if (pageDefinitions[i] >= least) {
          if (pageDefinitions[i] < max) {
            nulls[slot >>> 6] |= 1L << slot;
          }
          slot++;
        }
      }
    }
    decoder.begin(slots);
    values.read(decoder, 0, present, new int[slots]);
    if (nulls != null) {
      decoder.spread(0, present, slots, nulls);
    }
    pageSlots = conversion.apply(decoder.finish(nulls == null ? null : Bits.of(nulls, slots)));
  }
}
