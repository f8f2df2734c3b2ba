// Numbers and moments as people read them, in the words of docs and logs.
const number = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto", style: "long" });
const moment = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const day = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
const dayOfYear = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });

export const PERIODS = [1, 7, 14, 30, 60, 90];
export const periodName = (days: number) => (days === 1 ? "1 day" : `${days} days`);

export const count = (value: number) => number.format(value);
export const short = (value: number) => compact.format(value);
export const signed = (value: number) => (value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : "0");
export const fullTime = (iso: string) => `${moment.format(new Date(iso))} UTC`;
export const shortDay = (iso: string) =>
  (new Date(iso).getUTCFullYear() === new Date().getUTCFullYear() ? day : dayOfYear).format(new Date(iso));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(iso: string): string {
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
export const plain = (name: string) => capital(name.replaceAll("_", " ").toLowerCase());

// A share below one hundredth is still something.
export function percent(part: number, whole: number): string {
  const value = whole > 0 ? (100 * part) / whole : 0;
  if (value > 0 && value < 1) return "< 1 %";
  if (value > 99 && value < 100) return "> 99 %";
  return `${count(Math.round(value))} %`;
}

export function signedPercent(change: number, old: number): string {
  const said = percent(Math.abs(change), old);
  return said.startsWith("<") ? said : `${change < 0 ? "−" : "+"}${said}`;
}

const TYPES: Record<string, string> = {
  RULE_BASED_TRAIT: "Rule-based",
  ON_BOARDED_TRAIT: "Onboarded",
  ALGO_TRAIT: "Algorithmic",
};

export const typeName = (type: string) => TYPES[type] ?? (type === type.toUpperCase() && type.length <= 4 ? type : plain(type));
