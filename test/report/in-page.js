/** What tests do inside of a page, in the browser: each function is sent there as text and sees nothing of this file. */

/** Opens or closes everything that can be opened. */
export function setDetails(open) {
  for (const details of document.querySelectorAll('details')) details.open = open;
}

/** What must be so on every page. */
export function look() {
  return {
    hacked: 'hacked' in globalThis,
    strange: document.querySelectorAll('script, iframe, link:not([rel=icon]), object, embed, form').length,
    wide: document.documentElement.scrollWidth > window.innerWidth,
    broken: [...document.images].filter((image) => image.naturalWidth === 0).length,
    background: getComputedStyle(document.body).backgroundColor,
  };
}

/** Where the first element of each selector is drawn, in pixels. */
export function places(selectors) {
  return selectors.map((selector) => {
    const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
    return { x, y, width, height };
  });
}

/** Plays the first sound, and tells how long it is, in seconds. */
export async function play() {
  const audio = document.querySelector('audio');
  audio.muted = true;
  await audio.play();
  return audio.duration;
}

/** Texts whose contrast is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
export function faintTexts() {
  const parts = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [red, green, blue] = parts(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((parts(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement;
    if (node.textContent.trim() === '' || element.closest('svg')) continue;
    const [low, high] = [light(getComputedStyle(element).color), light(behind(element))].sort(
      (a, b) => a - b,
    );
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${element.className}: ${node.textContent.slice(0, 40)}`);
  }
  return faint;
}
