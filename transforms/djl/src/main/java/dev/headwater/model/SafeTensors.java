package dev.headwater.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The safetensors format: the length of a JSON header, the header, the floats. It holds no code.
 * Only 32-bit floats; the same tensors give the same bytes.
 */
public final class SafeTensors {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_HEADER = 16 << 20;

  private SafeTensors() {}

  /** The bytes of a file with these tensors, in the order of their names. */
  public static byte[] write(Map<String, Tensor> tensors) {
    ObjectNode header = MAPPER.createObjectNode();
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : new TreeMap<>(tensors).entrySet()) {
      ObjectNode one = header.putObject(entry.getKey());
      one.put("dtype", "F32");
      ArrayNode shape = one.putArray("shape");
      for (long d : entry.getValue().shape()) {
        shape.add(d);
      }
      long end = offset + 4L * entry.getValue().values().length;
      one.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(8 + padded + offset)).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(padded).put(json);
    while (out.position() < 8 + padded) {
      out.put((byte) ' ');
    }
    for (Tensor tensor : new TreeMap<>(tensors).values()) {
      for (float value : tensor.values()) {
        out.putFloat(value);
      }
    }
    return out.array();
  }

  /**
   * Reads what {@link #write} or another writer of the format wrote.
   *
   * @throws IOException if the bytes are not whole, or hold other types than 32-bit floats
   */
  public static Map<String, Tensor> read(byte[] bytes) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long length = bytes.length < 8 ? -1 : in.getLong();
    if (length < 2 || length > Math.min(MAX_HEADER, bytes.length - 8)) {
      throw new IOException("not safetensors: a header of " + length + " bytes");
    }
    int data = 8 + (int) length;
    JsonNode header;
    try {
      header = MAPPER.readTree(new String(bytes, 8, (int) length, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IOException("not safetensors: the header is not JSON", e);
    }
    Map<String, Tensor> out = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        out.put(entry.getKey(), tensor(entry.getKey(), entry.getValue(), in, data));
      }
    }
    return out;
  }

  private static Tensor tensor(String name, JsonNode header, ByteBuffer in, int data)
      throws IOException {
    if (!header.path("dtype").asText().equals("F32")) {
      throw new IOException(name + " is of type " + header.path("dtype").asText() + ", not F32");
    }
    JsonNode dims = header.path("shape");
    long[] shape = new long[dims.size()];
    long n = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = dims.get(i).asLong(-1);
      if (shape[i] < 0 || shape[i] > Integer.MAX_VALUE) {
        throw new IOException(name + " has the shape " + dims);
      }
      n = Math.multiplyExact(n, shape[i]);
    }
    long begin = header.path("data_offsets").path(0).asLong(-1);
    long end = header.path("data_offsets").path(1).asLong(-1);
    if (begin < 0 || end - begin != 4 * n || end > in.capacity() - data) {
      throw new IOException(name + " lies at " + begin + " to " + end + ", outside of the file");
    }
    float[] values = new float[(int) n];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getFloat(data + (int) begin + 4 * i);
    }
    return new Tensor(shape, values);
  }
}
