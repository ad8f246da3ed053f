"""Files in S3 or a store that speaks like it, for several hosts; needs `pip install 'tawar[s3]'`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.media.shelf import CHUNK, MissingFileError, checked, is_key, new_key

CONNECT_S, READ_S, TRIES = 3, 10, 2


class Bucket:
    """`s3://bucket/prefix`; `endpoint` for stores other than Amazon's. Without keys boto3 looks where it always looks."""

    def __init__(self, url: str, endpoint: str = "", access_key: str = "", secret_key: str = "") -> None:
        parts = urlsplit(url)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        config = Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries={"total_max_attempts": TRIES})
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            aws_access_key_id=access_key or None,
            aws_secret_access_key=secret_key or None,
            region_name="us-east-1" if endpoint else None,  # other stores ignore it; boto3 wants one
            config=config,
        )

    def put(self, data: bytes) -> str:
        key = new_key()
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._name(key), Body=data)
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the bucket did not take a file: {type(error).__name__}") from error
        return key

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        span = f"bytes={start}-" + ("" if length is None else str(start + length - 1))
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=self._name(checked(key)), Range=span)["Body"]
            with body:
                yield from body.iter_chunks(CHUNK)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:  # noqa: PLR2004
                raise MissingFileError(key) from error
            raise OSError(f"the bucket did not give a file: {type(error).__name__}") from error
        except BotoCoreError as error:
            raise OSError(f"the bucket did not give a file: {type(error).__name__}") from error

    def drop(self, key: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._name(checked(key)))
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the bucket did not forget a file: {type(error).__name__}") from error

    def older(self, part: int, before: datetime) -> Iterator[str]:
        """What is none of our keys is somebody else's, and left alone."""
        start = len(self._name(""))
        try:
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._name(f"{part:02x}/")):
                for found in page.get("Contents", ()):
                    key = found["Key"][start:]
                    if is_key(key) and found["LastModified"] < before:
                        yield key
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the bucket did not list its files: {type(error).__name__}") from error

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key
