// What the page shows when there is nothing to show yet, nothing to be shown to this user, or something broke.
import { Box, Code, Flex, Heading, Link, Skeleton, Stack, Text } from "@chakra-ui/react";
import type { ReactNode } from "react";
import type { Failure } from "./api";

export function Documentation({ page = "", children }: { page?: string; children: ReactNode }) {
  return <Link href={new URL(`aam/docs/${page}`, document.baseURI).href} color="fg.info" w="fit-content">{children}</Link>;
}

export function Message({ title, tone, children }: { title: string; tone?: "bad" | "calm"; children: ReactNode }) {
  return (
    <Box
      role={tone === "bad" ? "alert" : "status"}
      borderWidth="1px"
      borderRadius="lg"
      borderLeftWidth="4px"
      borderLeftColor={tone === "bad" ? "red.solid" : "border.emphasized"}
      p="6"
      maxW="44rem"
    >
      <Heading size="md" mb="2">
        {title}
      </Heading>
      <Stack gap="2" color="fg.muted">
        {children}
      </Stack>
    </Box>
  );
}

export function Loading() {
  return (
    <Stack gap="3" role="status" aria-label="Loading" aria-busy="true">
      <Skeleton h="8" maxW="20rem" />
      <Skeleton h="24" />
      <Skeleton h="24" />
    </Stack>
  );
}

export function Failed({ failure }: { failure: Failure }) {
  if (failure.status === 403) {
    return (
      <Message title="You lack permission to see this page">
        <Text>
          The page shows what a Connection to Audience Manager reaches, so it is for people who can read Connections in
          Airflow: the roles Op and Admin.
        </Text>
        <Text>Ask the administrator of this Airflow for one of them, or for the permission to read this Connection.</Text>
      </Message>
    );
  }
  if (failure.status === 401) {
    return (
      <Message title="You are signed out">
        <Text>Load the page again to sign in to Airflow.</Text>
      </Message>
    );
  }
  if (failure.status === 404) {
    return (
      <Message title="Not found">
        <Text>{failure.message}</Text>
      </Message>
    );
  }
  return (
    <Message title={failure.status ? "The page could not be loaded" : "Airflow could not be reached"} tone="bad">
      <Text>{failure.message}</Text>
      <Text>
        Nothing was changed in AAM. The page tries again every minute; the log of the API server says more
        {failure.status ? ` (status ${failure.status})` : ""}.
      </Text>
    </Message>
  );
}

// Above what was there before Airflow stopped answering.
export function Outdated({ failure }: { failure: Failure | null }) {
  return (
    <Box role="status">
      {failure && (
        <Text mb="4" ps="3" fontSize="sm" borderLeftWidth="3px" borderLeftColor="orange.solid">
          {failure.status ? failure.message : "Airflow cannot be reached."} What you see is from before; the page tries again every
          minute.
        </Text>
      )}
    </Box>
  );
}

export function NoConnection() {
  return (
    <Message title="There is no Connection to Audience Manager yet">
      <Text>
        Create one of type <Code>aam</Code> under Admin &gt; Connections. One that comes from an environment variable or
        a secrets backend is shown when the option <Code>ui_connections</Code> of the section <Code>[aam]</Code> names it.
      </Text>
      <Documentation page="connection.html">How to make a Connection</Documentation>
    </Message>
  );
}

export function NothingYet({ what, connection }: { what: string; connection: string }) {
  return (
    <Message title={`${what} not been read yet`}>
      <Text>This page shows what tasks wrote; it never asks AAM itself. Run this task in a DAG:</Text>
      <Code>AAMRefreshPageOperator(task_id="refresh_page", aam_conn_id="{connection}")</Code>
      <Text>
        Where workers and the API server do not share a disk, also set <Code>ui_folder</Code> of the section{" "}
        <Code>[aam]</Code> to a folder that all of them reach, such as <Code>s3://my-bucket/aam-page</Code>.
      </Text>
      <Documentation page="page.html">How to set up this page</Documentation>
    </Message>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <Box as="section" mb="8">
      <Flex justify="space-between" align="baseline" mb="3" gap="4" wrap="wrap">
        <Heading size="md">{title}</Heading>
        <Text color="fg.muted" fontSize="sm">
          {aside}
        </Text>
      </Flex>
      {children}
    </Box>
  );
}
