// What axe-core finds on a page as it is, on narrow and wide screens, light and dark; and whether it must be scrolled sideways.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const source = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const WIDTHS = [320, 390, 768, 1280];

/** Findings as lines of text, and a picture of each width and scheme in `folder`. The page is left as it was found. */
export async function findings(page, state, folder) {
  const before = page.viewportSize(), found = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const where = `${state}, ${width} px, ${colorScheme}`;
      if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
      const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      for (const each of violations) found.push(`${where}: ${each.id}: ${each.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) found.push(`${where}: ${over} px wider than the screen`);
      await page.screenshot({ path: `${folder}/${where.replaceAll(/\W+/g, "-")}.png`, fullPage: true });
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return found;
}
