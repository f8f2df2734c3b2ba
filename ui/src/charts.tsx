// Small pictures of numbers, as plain SVG in the colors of Airflow's theme.
import { Box, Flex, Text } from "@chakra-ui/react";
import type { Part, Tone } from "./api";
import { count, PERIODS, periodName } from "./words";

const color = (name: string) => `var(--chakra-colors-${name})`;

const WIDTH = 96;
const HEIGHT = 26;
const PAD = 3;

export function Sparkline({ values, period }: { values: (number | null)[]; period: number }) {
  const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
  if (known.length < 2) return <Text color="fg.muted">–</Text>;
  const most = Math.max(1, ...known.map(({ value }) => value));
  const x = (at: number) => PAD + (at * (WIDTH - 2 * PAD)) / (values.length - 1);
  const y = (value: number) => HEIGHT - PAD - (value * (HEIGHT - 2 * PAD)) / most;
  const line = known.map(({ value, at }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const chosen = known.find(({ at }) => PERIODS[at] === period);
  const said = known.map(({ value, at }) => `${periodName(PERIODS[at])}: ${count(value)}`).join(", ");
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={`Population over ${said}`} style={{ display: "block" }}>
      <title>{said}</title>
      <polygon
        points={`${x(known[0].at)},${HEIGHT - PAD} ${line} ${x(known[known.length - 1].at)},${HEIGHT - PAD}`}
        fill={color("blue-subtle")}
      />
      <polyline points={line} fill="none" stroke={color("blue-solid")} strokeWidth="1.5" strokeLinejoin="round" />
      {chosen && <circle cx={x(chosen.at)} cy={y(chosen.value)} r="2.5" fill={color("blue-solid")} />}
    </svg>
  );
}

const TONES: Record<Tone, string> = {
  good: "green-solid",
  change: "blue-solid",
  calm: "border-emphasized",
  warn: "orange-solid",
  bad: "red-solid",
};
// Several kinds of trouble in one bar are told apart.
const TROUBLES = ["red-solid", "purple-solid", "orange-solid", "pink-solid", "yellow-solid"];

export function colored(parts: Part[]): (Part & { color: string })[] {
  let troubles = 0;
  return parts.map((part) => ({
    ...part,
    color: color(part.tone === "bad" ? TROUBLES[troubles++ % TROUBLES.length] : TONES[part.tone]),
  }));
}

export function StackedBar({ parts, height = 8 }: { parts: Part[]; height?: number }) {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  if (total === 0) return null;
  const said = parts.map((part) => `${part.label} ${count(part.count)}`).join(", ");
  // Every part can be seen: two of a hundred units at least.
  const widths = parts.map((part) => Math.max(2, (100 * part.count) / total));
  const all = widths.reduce((sum, width) => sum + width, 0);
  let left = 0;
  return (
    <svg width="100%" height={height} role="img" aria-label={said} style={{ display: "block", borderRadius: 4 }}>
      <title>{said}</title>
      {colored(parts).map((part, at) => {
        const start = left;
        left += (100 * widths[at]) / all;
        return (
          <rect key={part.label} x={`${start}%`} width={`${(100 * widths[at]) / all}%`} height={height} fill={part.color} />
        );
      })}
    </svg>
  );
}

export function Legend({ parts }: { parts: Part[] }) {
  return (
    <Flex gap="3" wrap="wrap" fontSize="xs" color="fg.muted">
      {colored(parts).map((part) => (
        <Flex key={part.label} align="center" gap="1.5">
          <Box w="2" h="2" borderRadius="full" style={{ background: part.color }} aria-hidden />
          {part.label} <Text as="span" color="fg">{count(part.count)}</Text>
        </Flex>
      ))}
    </Flex>
  );
}

// The number is next to it.
export function Meter({ share }: { share: number }) {
  const tone = share >= 0.95 ? "red-solid" : share >= 0.8 ? "orange-solid" : "green-solid";
  const width = share > 0 ? Math.max(1.5, Math.min(100, 100 * share)) : 0;
  return (
    <svg width="100%" height="6" aria-hidden style={{ display: "block", borderRadius: 3 }}>
      <rect width="100%" height="6" fill={color("border")} />
      <rect width={`${width}%`} height="6" rx="3" fill={color(tone)} />
    </svg>
  );
}
