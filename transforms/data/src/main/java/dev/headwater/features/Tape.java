package dev.headwater.features;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one key that its longest window may still hold, each with a number, oldest first.
 * They are in memory up to a limit; past it, what came later waits in a temporary file until a
 * window reaches it. One thread.
 */
final class Tape implements AutoCloseable {
  static final int CHUNK = 1 << 12;

  /** Events in memory of one chunk of numbers, or their place in the file. */
  static final class Chunk {
    final long[] times;
    final long[][] lanes;

    Chunk(int lanes) {
      this.times = new long[CHUNK];
      this.lanes = new long[lanes][CHUNK];
    }
  }

  private final int lanes;
  private final int maxInMemory;
  private final Deque<Chunk> spare = new ArrayDeque<>();

  /** Null where the chunk waits in the file, at its number's place. */
  private final List<@Nullable Chunk> chunks = new ArrayList<>();

  private long firstChunk;
  private long end;
  private int inMemory;
  private @Nullable Path path;
  private @Nullable FileChannel file;

  Tape(int lanes, long bytesInMemory) {
    this.lanes = lanes;
    this.maxInMemory = (int) Math.max(4, bytesInMemory / (8L * CHUNK * (lanes + 1)));
  }

  /** One more than the last event's number. */
  long end() {
    return end;
  }

  /** Starts a new event; its lanes are then filled in the returned chunk at the event's index. */
  Chunk append(long time) {
    int index = (int) end & (CHUNK - 1);
    if (index == 0) {
      if (inMemory >= maxInMemory) {
        unload(chunks.size() - 1);
      }
      Chunk fresh = spare.isEmpty() ? new Chunk(lanes) : spare.pop();
      chunks.add(fresh);
      inMemory++;
    }
    Chunk chunk = chunks.get(chunks.size() - 1);
    if (chunk == null) {
      throw new IllegalStateException("the newest events are in memory");
    }
    chunk.times[index] = time;
    end++;
    return chunk;
  }

  /** The events around this number; read-only. */
  Chunk chunk(long number) {
    Chunk chunk = chunks.get((int) (number / CHUNK - firstChunk));
    return chunk == null ? load(number / CHUNK) : chunk;
  }

  /** Forgets the events before this number. */
  void trim(long number) {
    while (firstChunk < number / CHUNK) {
      Chunk gone = chunks.remove(0);
      firstChunk++;
      if (gone != null) {
        recycle(gone);
      }
    }
  }

  /** Forgets all events. */
  void clear() {
    for (Chunk chunk : chunks) {
      if (chunk != null) {
        recycle(chunk);
      }
    }
    chunks.clear();
    firstChunk = 0;
    end = 0;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
    if (path != null) {
      Files.deleteIfExists(path);
    }
  }

  private void recycle(Chunk chunk) {
    inMemory--;
    if (spare.size() < 4) {
      spare.push(chunk);
    }
  }

  private void unload(int index) {
    Chunk chunk = chunks.get(index);
    if (chunk == null) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.allocate(8 * CHUNK * (lanes + 1));
      bytes.asLongBuffer().put(chunk.times);
      for (int i = 0; i < lanes; i++) {
        bytes.position(8 * CHUNK * (i + 1));
        bytes.asLongBuffer().put(chunk.lanes[i]);
      }
      bytes.rewind();
      write(bytes, firstChunk + index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Not to be used again: a window may be reading it.
    chunks.set(index, null);
    inMemory--;
  }

  private void write(ByteBuffer bytes, long chunkNumber) throws IOException {
    if (file == null) {
      path = Files.createTempFile("headwater-window", ".tape");
      file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    long at = chunkNumber * bytes.capacity();
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private Chunk load(long chunkNumber) {
    FileChannel from = file;
    if (from == null) {
      throw new IllegalStateException("nothing was unloaded");
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 * CHUNK * (lanes + 1));
    try {
      long at = chunkNumber * bytes.capacity();
      while (bytes.hasRemaining()) {
        int n = from.read(bytes, at);
        if (n < 0) {
          throw new IOException("the window's file ends early");
        }
        at += n;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Chunk chunk = new Chunk(lanes);
    bytes.rewind();
    bytes.asLongBuffer().get(chunk.times);
    for (int i = 0; i < lanes; i++) {
      bytes.position(8 * CHUNK * (i + 1));
      bytes.asLongBuffer().get(chunk.lanes[i]);
    }
    return chunk;
  }
}
