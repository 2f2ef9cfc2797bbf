package dev.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafeTensorsTest {
  private static final Map<String, Tensor> TENSORS =
      Map.of(
          "b", new Tensor(new long[] {2}, new float[] {1.5f, -0.0f}),
          "a.weight", new Tensor(new long[] {2, 2}, new float[] {1, Float.MIN_VALUE, 3, 4}));

  @Test
  void readsWhatItWrote() throws IOException {
    byte[] bytes = SafeTensors.write(TENSORS);
    assertThat(SafeTensors.read(bytes)).isEqualTo(TENSORS);
    assertThat(SafeTensors.write(SafeTensors.read(bytes))).isEqualTo(bytes);
  }

  @Test
  void isReadByDjl() {
    try (NDManager manager = Torch.engine().newBaseManager()) {
      NDList list = NDList.decode(manager, SafeTensors.write(TENSORS));
      NDArray weight = list.get("a.weight");
      assertThat(weight.getShape().getShape()).containsExactly(2, 2);
      assertThat(weight.toFloatArray()).containsExactly(1, Float.MIN_VALUE, 3, 4);
    }
  }

  @Test
  void refusesWhatIsCutShort() {
    byte[] bytes = SafeTensors.write(TENSORS);
    assertThatThrownBy(() -> SafeTensors.read(Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("outside of the file");
    assertThatThrownBy(() -> SafeTensors.read(new byte[3]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not safetensors");
  }
}
