package dev.headwater.sort;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;

/**
 * Where a sorted run lies in the scratch location: one shard's part of a spilled file.
 *
 * @param path the file
 * @param stream which of the streams that meet in a shard it belongs to
 * @param shard the shard its rows belong to
 * @param offset where it begins in the file
 * @param length its bytes
 * @param rows its rows
 */
public record RunRef(String path, int stream, int shard, long offset, long length, long rows)
    implements Serializable {
  public static Coder<RunRef> coder() {
    return new RunRefCoder();
  }

  private static final class RunRefCoder extends CustomCoder<RunRef> {
    private static final long serialVersionUID = 1;

    @Override
    public void encode(RunRef run, OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeUTF(run.path);
      data.writeInt(run.stream);
      data.writeInt(run.shard);
      data.writeLong(run.offset);
      data.writeLong(run.length);
      data.writeLong(run.rows);
    }

    @Override
    public RunRef decode(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      return new RunRef(
          data.readUTF(),
          data.readInt(),
          data.readInt(),
          data.readLong(),
          data.readLong(),
          data.readLong());
    }

    @Override
    public void verifyDeterministic() {}

    @Override
    public boolean consistentWithEquals() {
      return true;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof RunRefCoder;
    }

    @Override
    public int hashCode() {
      return 7;
    }
  }
}
