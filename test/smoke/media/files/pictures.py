"""Makes the pictures of this folder; see make.sh. 24 x 16 pixels: red, green above blue, white; the last at half opacity."""
from PIL import Image

WIDTH, HEIGHT = 24, 16
COLOURS = [[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]]


def picture(colours=COLOURS, mode="RGB"):
    image = Image.new(mode, (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            image.putpixel((x, y), colours[y * 2 // HEIGHT][x * 2 // WIDTH])
    return image


rgb = picture()
rgb.save("rgb.png")
rgb.quantize(8).save("palette.png")
picture([[(255, 0, 0, 255), (0, 255, 0, 255)], [(0, 0, 255, 255), (255, 255, 255, 128)]], "RGBA").save("opacity.png")
picture([[0, 85], [170, 255]], "L").save("grey.png")
picture([[(0, 255), (85, 255)], [(170, 255), (255, 128)]], "LA").save("grey-opacity.png")
picture([[0, 85 * 257], [170 * 257, 65535]], "I").convert("I;16").save("grey-16.png")
rgb.save("baseline.jpg", quality=95, subsampling=0)
rgb.save("progressive.jpg", quality=95, subsampling=0, progressive=True)
rgb.convert("CMYK").save("cmyk.jpg", quality=95, subsampling=0)
# How the picture must be turned to stand upright is said in EXIF: here by 90 degrees clockwise.
exif = Image.Exif()
exif[0x0112] = 6
rgb.transpose(Image.Transpose.ROTATE_90).save("turned.jpg", quality=95, subsampling=0, exif=exif)
rgb.save("lossless.webp", lossless=True)
rgb.save("lossy.webp", quality=95)
rgb.save("still.gif")
rgb.save("rgb.tiff", compression="tiff_lzw")
rgb.save("rgb.bmp")
frames = [rgb] + [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ((255, 0, 0), (0, 0, 255))]
frames[0].save("animated.gif", save_all=True, append_images=frames[1:], duration=100, loop=0)
frames[0].save("animated.webp", save_all=True, append_images=frames[1:], duration=100, lossless=True)
