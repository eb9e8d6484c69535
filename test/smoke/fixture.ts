import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openFolder } from '../../src/repo/local.js';
import type { Repo } from '../../src/repo/repo.js';
import type { SmokeCheck, SmokeReport } from '../../src/smoke/report.js';
import type { ExpectedCase } from './answer.js';

const ROOT = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** How a smoke inference of a fixture must end on the CPU: its `expected.json`. */
export interface Expectation {
  readonly status: SmokeReport['status'];
  readonly stage?: SmokeReport['stage'];
  /** A part of it. */
  readonly reason?: string;
  readonly runner?: SmokeReport['runner'];
  readonly dtype?: string;
  /** Checks that do not pass; all others pass. */
  readonly checks?: Readonly<Record<string, SmokeCheck['status']>>;
  /** By variant: the checks that do not pass when it is compared with full precision. */
  readonly comparisons?: Readonly<Record<string, Readonly<Record<string, SmokeCheck['status']>>>>;
  /** All variants that run, the one that the report is about first. */
  readonly variants?: readonly string[];
  /** The top answer of each case. */
  readonly top?: readonly unknown[];
  /** What it answers to requests. */
  readonly cases?: readonly ExpectedCase[];
}

/** Absolute path of a fixture. */
export function fixturePath(name: string): string {
  return join(ROOT, name);
}

/** Names of the fixtures that say how they end. */
export function fixtureNames(): readonly string[] {
  const list = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
  return [...list('.'), ...list('faults')].filter((name) => existsSync(join(ROOT, name, 'expected.json')));
}

export function expectationOf(name: string): Expectation {
  return JSON.parse(readFileSync(join(ROOT, name, 'expected.json'), 'utf8')) as Expectation;
}

export function openFixture(name: string): Promise<Repo> {
  return open(fixturePath(name));
}

export function open(path: string): Promise<Repo> {
  return openFolder(path, { kind: 'folder', path });
}

/** A folder that lives as long as the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'validate-card-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a fixture to change, which lives as long as the test. */
export function copyFixture(name: string): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(fixturePath(name), folder, { recursive: true });
  return folder;
}

/** All checks of a report, of its cases too. */
export function allChecks(report: SmokeReport): readonly SmokeCheck[] {
  return [...report.checks, ...report.cases.flatMap(({ checks }) => checks)];
}

/** The checks among some that do not pass, with their status; that a case was not run is none. */
export function notPassed(checks: readonly SmokeCheck[]): Readonly<Record<string, SmokeCheck['status']>> {
  return Object.fromEntries(
    checks
      .filter(({ status, id }) => status !== 'passed' && !(status === 'skipped' && id === 'run'))
      .map(({ id, status }) => [id, status]),
  );
}

/** The status of a check, the worst one when several cases have it. */
export function statusOf(report: SmokeReport, id: string): SmokeCheck['status'] | undefined {
  const found = allChecks(report)
    .filter((check) => check.id === id)
    .map(({ status }) => status);
  return (['failed', 'warning', 'skipped', 'passed'] as const).find((status) => found.includes(status));
}

/** The label that an answer puts first. */
export function topAnswer(output: unknown): unknown {
  const first: unknown = Array.isArray(output) ? output[0] : output;
  return typeof first === 'object' && first !== null && 'label' in first ? first.label : first;
}
