#!/bin/sh
# Makes the files of this folder anew. Debian packages: ffmpeg flac lame vorbis-tools opus-tools python3-pil.
set -e
cd "$(dirname "$0")"
rm -f ./*.wav ./*.flac ./*.mp3 ./*.mp2 ./*.og? ./*.opus ./*.png ./*.jpg ./*.gif ./*.webp ./*.avif ./*.tiff ./*.bmp ./*.mp4
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
ff() { ffmpeg -v error -y -bitexact -fflags +bitexact "$@"; }

# Left 500 Hz at half of full scale, right 1000 Hz at a quarter, 0.2 seconds.
tones='aevalsrc=0.5*sin(2*PI*500*t)|0.25*sin(2*PI*1000*t)'
tone='aevalsrc=0.5*sin(2*PI*500*t)'
ff -f lavfi -i "$tones:s=16000:d=0.2" -flags +bitexact -c:a pcm_s16le stereo-s16.wav
for form in u8 s16le s24le s32le f32le f64le; do
  ff -f lavfi -i "$tone:s=8000:d=0.2" -flags +bitexact -c:a "pcm_$form" "mono-$form.wav"
done
# ffmpeg writes the extensible form for more than two channels.
ff -f lavfi -i 'aevalsrc=0.6*sin(2*PI*500*t)|0|0|0.3*sin(2*PI*500*t)|0|0:s=8000:d=0.1:c=5.1' -flags +bitexact -c:a pcm_s24le surround.wav
ff -f lavfi -i "$tone:s=8000:d=0.05" -flags +bitexact -c:a pcm_alaw a-law.wav
# A program that writes to a pipe cannot go back to say how long the file became.
ff -f lavfi -i "$tone:s=8000:d=0.1" -flags +bitexact -c:a pcm_s16le -f wav pipe: | cat > unknown-length.wav

flac -s -8 --no-padding -o stereo.flac stereo-s16.wav
flac -s -0 --no-padding -o mono-24.flac mono-s24le.wav
flac -s --no-padding -o mono-8.flac mono-u8.wav
ff -f lavfi -i "$tone:s=8000:d=0.2" -flags +bitexact -c:a pcm_s32le "$scratch/32.wav"
flac -s -8 --no-padding -o mono-32.flac "$scratch/32.wav"
# Noise is stored as it is, silence as one number; bits that are always zero are left out.
ff -f lavfi -i 'aevalsrc=0.9*(random(0)-0.5)*gt(t\,0.1)*lt(t\,0.2)+gt(t\,0.2)*round(8*random(1))/16:s=8000:d=0.4' -flags +bitexact -c:a pcm_s16le "$scratch/noise.wav"
flac -s -8 --no-padding -b 256 -o noise.flac "$scratch/noise.wav"
flac -s --no-padding --ogg --serial-number=1 -o flac.oga stereo-s16.wav

ff -f lavfi -i "$tones:s=44100:d=0.5" -flags +bitexact -c:a pcm_s16le "$scratch/long.wav"
lame --quiet -b 128 --ta Somebody --tt 'Two tones' --add-id3v2 "$scratch/long.wav" stereo.mp3
lame --quiet -V 5 -m m --resample 22.05 "$scratch/long.wav" mono-vbr.mp3
ff -i "$scratch/long.wav" -flags +bitexact -b:a 128k layer-2.mp2
oggenc -Q -q 3 --serial 1 -o stereo.ogg "$scratch/long.wav"
oggenc -Q -q 1 --serial 1 --downmix --resample 8000 -o mono.ogg "$scratch/long.wav"
opusenc --quiet --serial 1 --bitrate 64 "$scratch/long.wav" stereo.opus
ff -f lavfi -i 'aevalsrc=0.6*sin(2*PI*500*t)|0|0|0.3*sin(2*PI*500*t)|0|0:s=48000:d=0.2:c=5.1' -flags +bitexact -c:a pcm_s16le "$scratch/surround.wav"
opusenc --quiet --serial 1 --bitrate 128 "$scratch/surround.wav" surround.opus
ff -f lavfi -i "$tone:s=8000:d=0.1" -flags +bitexact -fflags +bitexact -c:a libspeex speex.ogg
ff -f lavfi -i "$tone:s=8000:d=0.1" -f lavfi -i 'color=red:s=16x16:d=0.1' -flags +bitexact -c:v mpeg4 -c:a aac video.mp4

/usr/bin/python3 pictures.py
ff -i rgb.png -frames:v 1 -c:v libaom-av1 -still-picture 1 -crf 10 picture.avif
