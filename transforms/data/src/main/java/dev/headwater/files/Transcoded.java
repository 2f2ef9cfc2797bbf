package dev.headwater.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text in another encoding as UTF-8. What is none in that encoding is an error. */
final class Transcoded extends InputStream {
  private final InputStream in;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 13).flip();
  private final CharBuffer chars = CharBuffer.allocate(1 << 13);
  private ByteBuffer out = ByteBuffer.allocate(0);
  private boolean ended;

  Transcoded(InputStream in, Charset charset) {
    this.in = in;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    while (!out.hasRemaining()) {
      if (!fill()) {
        return -1;
      }
    }
    int n = Math.min(length, out.remaining());
    out.get(to, offset, n);
    return n;
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    bytes.compact();
    int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
    ended = n < 0;
    bytes.position(bytes.position() + Math.max(0, n)).flip();
    CoderResult result = decoder.decode(bytes, chars, ended);
    if (result.isError()) {
      throw new IOException("it has bytes that are no text in " + decoder.charset());
    }
    if (ended) {
      decoder.flush(chars);
    }
    chars.flip();
    out = StandardCharsets.UTF_8.encode(chars);
    chars.clear();
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
