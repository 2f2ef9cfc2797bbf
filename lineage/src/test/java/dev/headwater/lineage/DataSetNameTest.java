package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class DataSetNameTest {
  @Property
  void encodedNamesAreAcceptedByServersAndReadBack(@ForAll @StringLength(max = 40) String text) {
    // A lone surrogate is no text; UTF-8 has no bytes for it.
    if (text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff)) {
      assertThat(DataSetName.encode(text)).matches("[a-zA-Z0-9_:;=/.@+-]*");
      assertThat(DataSetName.decode(DataSetName.encode(text))).isEqualTo(text);
    }
  }

  @Property
  void namesThatLookEscapedReadBackToo(
      @ForAll
          @Chars({'+', ' ', 'é'})
          @CharRange(from = '0', to = '3')
          @CharRange(from = 'A', to = 'F')
          @StringLength(max = 8)
          String text) {
    assertThat(DataSetName.decode(DataSetName.encode(text))).isEqualTo(text);
  }

  @Test
  void namesPlacesAsSparkDoes() {
    assertThat(DataSetName.location("s3a://bucket/warehouse/db/t/"))
        .isEqualTo(new DataSetName("s3://bucket", "warehouse/db/t"));
    assertThat(DataSetName.location("file:///tmp/w/t"))
        .isEqualTo(new DataSetName("file", "/tmp/w/t"));
    assertThat(DataSetName.location("file:/tmp/w/t"))
        .isEqualTo(new DataSetName("file", "/tmp/w/t"));
    assertThat(DataSetName.location("/tmp/w/../w/t"))
        .isEqualTo(new DataSetName("file", "/tmp/w/t"));
    assertThat(DataSetName.location("hdfs://nn:8020/w/t"))
        .isEqualTo(new DataSetName("hdfs://nn:8020", "/w/t"));
    assertThat(DataSetName.location("abfs://lake@account.dfs.core.windows.net/w/t?sig=x"))
        .isEqualTo(new DataSetName("abfss://lake@account.dfs.core.windows.net", "w/t"));
    assertThat(DataSetName.location("gs://key:secret@bucket/w t/"))
        .isEqualTo(new DataSetName("gs://bucket", "w+20t"));
    assertThat(DataSetName.inCatalog("thrift://meta:9083", "db.t"))
        .isEqualTo(new DataSetName("hive://meta:9083", "db.t"));
    assertThat(DataSetName.topic("broker:9092", "orders"))
        .isEqualTo(new DataSetName("kafka://broker:9092", "orders"));
    assertThat(DataSetName.model("flights", "late"))
        .isEqualTo(new DataSetName("models://flights", "late"));
  }

  @Test
  void encodesWhatServersRefuse() {
    assertThat(DataSetName.file(Path.of("/data/flüge 2001.parquet")).name())
        .isEqualTo("/data/fl+C3+BCge+202001.parquet");
    assertThat(DataSetName.location("s3://b/day=1/a+b.parquet").name())
        .isEqualTo("day=1/a+b.parquet");
    assertThat(JobName.of("my project", "train", "späti").toString())
        .isEqualTo("my+20project.train.sp+C3+A4ti");
  }

  @Test
  void aRawNameIsRefusedWhereAnEncodedOneIsNeeded() {
    assertThatThrownBy(() -> new DataSetName("file", "/a b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'/a b' is not an encoded name. Fix: make names with DataSetName.of.");
  }
}
