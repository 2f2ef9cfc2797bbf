package dev.headwater.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.io.UnboundedSource;

/**
 * How far a reader is, in a runner's checkpoint.
 *
 * @param id of the topic; empty where brokers give none
 * @param opened whether it has begun: where the others are empty it may not have
 */
record Mark(String id, boolean opened, List<Place> places)
    implements UnboundedSource.CheckpointMark {
  static final Mark NEW = new Mark("", false, List.of());

  /**
   * In a partition.
   *
   * @param next the position after what was emitted
   * @param begun whether anything was emitted
   * @param watermark in milliseconds since 1970
   */
  record Place(int partition, long next, boolean begun, long watermark) {}

  Mark {
    places = List.copyOf(places);
  }

  /** Nothing is told to Kafka: the table says how far it is. */
  @Override
  public void finalizeCheckpoint() {}

  /** Versioned bytes. */
  static final class Bytes extends AtomicCoder<Mark> {
    private static final long serialVersionUID = 1;
    private static final int VERSION = 1;

    @Override
    public void encode(Mark mark, OutputStream to) throws IOException {
      DataOutputStream out = new DataOutputStream(to);
      out.writeByte(VERSION);
      out.writeUTF(mark.id);
      out.writeBoolean(mark.opened);
      out.writeInt(mark.places.size());
      for (Place place : mark.places) {
        out.writeInt(place.partition);
        out.writeLong(place.next);
        out.writeBoolean(place.begun);
        out.writeLong(place.watermark);
      }
      out.flush();
    }

    @Override
    public Mark decode(InputStream from) throws IOException {
      DataInputStream in = new DataInputStream(from);
      int version = in.readByte();
      if (version != VERSION) {
        throw new CoderException("a reader's mark of version " + version);
      }
      String id = in.readUTF();
      boolean opened = in.readBoolean();
      int size = in.readInt();
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        places.add(new Place(in.readInt(), in.readLong(), in.readBoolean(), in.readLong()));
      }
      return new Mark(id, opened, places);
    }
  }
}
