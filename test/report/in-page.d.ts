/** See in-page.js, which a program without the types of a browser cannot hold. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export function setDetails(open: boolean): void;
export function look(): {
  readonly hacked: boolean;
  readonly strange: number;
  readonly wide: boolean;
  readonly broken: number;
  readonly background: string;
};
export function places(selectors: readonly string[]): readonly Place[];
export function play(): Promise<number>;
export function faintTexts(): readonly string[];
